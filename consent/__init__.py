"""What a subject agreed to, in which words, with what evidence."""
