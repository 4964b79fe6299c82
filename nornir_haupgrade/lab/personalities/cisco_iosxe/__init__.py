"""A simulated pair of routers: the platform ``cisco_iosxe``.

Texts take their shape from outputs of real devices: networktocode/ntc-templates (``cisco_ios``),
CiscoTestAutomation/genieparser and unicon.plugins (``iosxe``), and NAPALM's own test data. Where
none was found, a comment says what stands behind a text. The values are the lab's own.
"""
