"""
A real browser for tests and pictures: Debian's Chromium, driven by Playwright.
"""
