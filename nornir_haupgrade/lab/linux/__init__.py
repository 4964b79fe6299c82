"""Real Linux firewall pairs in network namespaces."""
