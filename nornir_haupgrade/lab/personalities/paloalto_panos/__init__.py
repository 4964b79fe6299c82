"""A simulated pair of PAN-OS firewalls, active and passive: the platform ``paloalto_panos``.

Each operational command's result is one tree of elements, printed as text or, after ``set cli
op-command-xml-output on``, as the XML that the API gives. Text takes its shape from the outputs of
real devices in networktocode/ntc-templates, XML from those in PaloAltoNetworks'
pan-os-upgrade-assurance and napalm-panos. Where neither has one, a comment says what stands behind
a text. The values are the lab's own.
"""
