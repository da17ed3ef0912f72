"""HTTP mechanics of the pages: cookies, CSRF, errors, languages, assets, templates."""
