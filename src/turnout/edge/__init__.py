"""HTTP: routes, errors as status codes, the app."""
