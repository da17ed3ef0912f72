"""What pages show, computed from services: results, people, mails, lists."""
