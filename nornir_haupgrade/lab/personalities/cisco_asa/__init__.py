"""A simulated failover pair of firewalls: the platform ``cisco_asa``, active/standby.

Texts take their shape from outputs of real devices: networktocode/ntc-templates (``cisco_asa``),
CiscoTestAutomation/genieparser (``asa``), networktocode/pyntc, a transcript of a whole upgrade
(wrmem.net, 2016), and Cisco's guide to forensic investigation of the ASA. Where none was found, a
comment says what stands behind a text, or that its wording is the lab's. The values are the lab's.
"""
