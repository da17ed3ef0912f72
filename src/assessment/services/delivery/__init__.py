"""Mail: templates, mailings, reminder plans and the outbox worker."""
