"""The catalogues of translations: `make messages` writes them anew from the code and compiles them.

Three domains lie in labeling/locale/<language>/LC_MESSAGES: `django` (templates, Python), `djangojs` (scripts) and
`problems` (messages of the core and the services, which know no language: labeling/problem_words.py looks them up).
"""
