"""Pages: components, form adapters, words, the language helper, guidance and error pages."""
