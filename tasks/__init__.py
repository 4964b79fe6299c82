"""The site's own Nornir tasks: service checks, notifications; the library's are in the package."""
