"""Views of pages, computed from services: results, people, mails, lists."""
