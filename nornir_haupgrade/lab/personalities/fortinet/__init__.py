"""A simulated pair of FortiGates: the platform ``fortinet``, FGCP in active-passive mode.

Virtual domains are off. On a real pair one management address is the cluster's; here each member
has its own, as with ``ha-mgmt-interfaces``.
"""
