"""The site's own Nornir tasks: services, gates and notifications; each says how it is called."""
