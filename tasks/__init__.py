"""The site's own Nornir tasks: service checks, notifications. The library's tasks live in the package."""
