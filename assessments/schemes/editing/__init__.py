"""The scheme editor: the document as forms for a clerk (docs/scheme-editor.md).

`shapes` says of what shape each field of a part is, `drawing` makes fields for a page from a document, `reading` makes the
document from what was sent; both walk the same shapes, so what was not touched comes back as it was.
"""
