"""
Pages for people: templates, small scripts, texts in two languages; all served from here.
"""
