"""E-mail by SMTP, with code of our own around it that knows when the words had left."""
