"""Line icons and state glyphs of the design system: 16 × 16 SVG, drawn in the current text colour."""

# name -> path data, stroked.
ICONS = {
    "home": "M2.5 7.5 8 2.8l5.5 4.7M4 6.8v6.4h8V6.8",
    "cockpit": "M2.5 11.5a5.5 5.5 0 1 1 11 0M8 11.5l2.6-4",
    "lead": "M8 13.5V8M8 8C8 5 6.2 3.5 3 3.5 3 6.5 5 8 8 8ZM8 10c0-2.6 1.8-4 5-4 0 2.8-1.9 4-5 4Z",
    "project": "M2.5 5.2 8 2.4l5.5 2.8v5.6L8 13.6l-5.5-2.8ZM2.5 5.2 8 8l5.5-2.8M8 8v5.6",
    "capital": "M2.5 4.5C2.5 3.4 5 2.5 8 2.5s5.5.9 5.5 2-2.5 2-5.5 2-5.5-.9-5.5-2ZM2.5 4.5v7c0 1.1 2.5 2 5.5 2"
    "s5.5-.9 5.5-2v-7M2.5 8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2",
    "recognition": "M3 13.5h10M4 11h8V9.2c0-.7-.5-1.2-1.2-1.2H9.5V6.3A2.3 2.3 0 1 0 6.5 6.3V8H5.2C4.5 8 4 8.5 4 9.2Z",
    "target": "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5Z",
    "scheme": "M4 2.5h8v11H4ZM6 5.5h4M6 8h4M6 10.5h2",
    "ranking": "M3 13.5V8.5h2.5v5M6.8 13.5v-11h2.5v11M10.6 13.5V6h2.4v7.5",
    "circular": "M4 2.5h5.2L12 5.3v8.2H4ZM9 2.5v3h3",
    "notice": "M4 14V2.5M4 3h7.5L10 5.7l1.5 2.8H4",
    "reward": "M2.5 6h11v2.5h-11ZM3.5 8.5v5h9v-5M8 6v7.5M8 6C6 6 4.8 5 5.2 3.8 5.7 2.6 7.6 3.2 8 6"
    "c.4-2.8 2.3-3.4 2.8-2.2C11.2 5 10 6 8 6Z",
    "settings": "M8 5.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4ZM8 2v1.6M8 12.4V14M2 8h1.6M12.4 8H14M3.8 3.8l1.1 1.1"
    "M11.1 11.1l1.1 1.1M3.8 12.2l1.1-1.1M11.1 4.9l1.1-1.1",
    "moon": "M12.8 9.6A5.2 5.2 0 0 1 6.4 3.2a5.2 5.2 0 1 0 6.4 6.4Z",
    "sun": "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6ZM8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1"
    "M11.4 11.4l1 1M3.6 12.4l1-1M11.4 4.6l1-1",
    "system": "M2.5 3.5h11v7.5h-11ZM6 13.5h4M8 11v2.5",
    "bell": "M4 11V7.3a4 4 0 0 1 8 0V11l1 1.2H3ZM6.8 14h2.4",
    "search": "M7 3a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM10 10l3.2 3.2",
    "more": "M3.5 8h.01M8 8h.01M12.5 8h.01",
    "menu": "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
    "upload": "M8 10.5V3M5 5.8 8 2.8l3 3M3 13.2h10",
    "download": "M8 2.5v7.5M5 7.2 8 10.2l3-3M3 13.2h10",
    "plus": "M8 3v10M3 8h10",
    "edit": "M3 13l.6-2.8L10.8 3l2.2 2.2-7.2 7.2ZM9.4 4.4l2.2 2.2",
    "history": "M3 8a5 5 0 1 0 1.6-3.7L3 5.8M3 2.8v3h3M8 5.4V8l2 1.3",
    "language": "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM2.5 8h11M8 2.5c1.6 1.5 2.3 3.4 2.3 5.5S9.6 12 8 13.5"
    "C6.4 12 5.7 10.1 5.7 8S6.4 4 8 2.5Z",
    "close": "M4 4l8 8M12 4l-8 8",
    "check": "M3.5 8.5 6.5 11.5 12.5 5",
    "chevron-right": "M6 3.5 10.5 8 6 12.5",
    "chevron-left": "M10 3.5 5.5 8 10 12.5",
    "chevron-down": "M3.5 6 8 10.5 12.5 6",
    "chevron-up": "M3.5 10 8 5.5 12.5 10",
    "file": "M4 2.5h5.2L12 5.3v8.2H4ZM9 2.5v3h3",
    "sheet": "M2.8 3h10.4v10H2.8ZM2.8 6.3h10.4M2.8 9.7h10.4M6.6 3v10",
    "user": "M8 2.8a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2ZM3 13.5c.3-2.6 2.3-4 5-4s4.7 1.4 5 4",
    "users": "M6 3.2a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6ZM1.8 13c.3-2.3 2-3.5 4.2-3.5s3.9 1.2 4.2 3.5"
    "M10.5 3.5a2.2 2.2 0 0 1 0 4.2M11.7 9.8c1.5.4 2.4 1.5 2.6 3.2",
    "unit": "M3 13.5v-9l5-2v11M8 6h5v7.5M1.8 13.5h12.4M5 6.5h1M5 9h1M10 8.5h1M10 11h1",
    "figures": "M2.8 3h10.4v10H2.8ZM2.8 6.3h10.4M6.6 6.3V13",
    "units": "M3 13.5v-9l5-2v11M8 6h5v7.5M1.8 13.5h12.4M5 6.5h1M5 9h1M10 8.5h1M10 11h1",
    "groups": "M8 2.2 10.5 4.7 8 7.2 5.5 4.7ZM4.5 8.5 7 11 4.5 13.5 2 11ZM11.5 8.5 14 11l-2.5 2.5L9 11Z",
    "post": "M2.8 5.5h10.4v7.5H2.8ZM6 5.5V3.5h4v2M2.8 9h10.4",
    "measure": "M2.5 5.5h11v5h-11ZM5 5.5v2M7.5 5.5v3M10 5.5v2",
    "job": "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM8 5v3l2.2 1.5",
    "key": "M5.5 7a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM7.7 7.9 13 2.8M10.8 5l1.9 1.8",
    "calendar": "M2.8 4h10.4v9.2H2.8ZM2.8 6.8h10.4M5.5 2.5v2.8M10.5 2.5v2.8",
    "filter": "M2.5 3.5h11L9.5 8.2v4.3l-3-1.5V8.2Z",
    "columns": "M2.8 3h10.4v10H2.8ZM6.3 3v10M9.7 3v10",
    "logout": "M9.5 3H3.5v10h6M6.5 8h7M11 5.3 13.7 8 11 10.7",
    "alert": "M8 2.6 14 13H2ZM8 6.6v3M8 11.2h.01",
    "info": "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM8 7.3v3.5M8 5.2h.01",
    "undo": "M5.5 3 2.8 5.7l2.7 2.7M3 5.7h6a3.7 3.7 0 0 1 0 7.4H5",
    "retry": "M13 8a5 5 0 1 1-1.6-3.7L13 5.8M13 2.8v3h-3",
    "trash": "M3 4.5h10M6.3 4.5V3h3.4v1.5M4.3 4.5l.6 9h6.2l.6-9",
    "archive": "M2.5 3h11v3h-11ZM3.3 6v7.2h9.4V6M6.5 8.7h3",
    "attach": "M11.5 7 7.3 11.2a2 2 0 0 1-2.9-2.9L9 3.7a1.4 1.4 0 0 1 2 2L6.6 10",
    "view": "M4.2 2.8h7.6v10.7L8 10.6l-3.8 2.9Z",
    "phone": "M4 2.8h2l1 2.8-1.3 1a7 7 0 0 0 3.7 3.7l1-1.3 2.8 1v2c0 .6-.5 1.2-1.2 1.2A9 9 0 0 1 2.8 4c0-.7.6-1.2 1.2-1.2Z",
    "lock": "M3.8 7.3h8.4v6H3.8ZM5.5 7.3V5.2a2.5 2.5 0 0 1 5 0v2.1",
    "link": "M6.8 9.2 9.2 6.8M7.5 4.5l1-1a2.8 2.8 0 0 1 4 4l-1 1M8.5 11.5l-1 1a2.8 2.8 0 0 1-4-4l1-1",
}

_RING = '<circle cx="8" cy="8" r="5.7" fill="none" stroke="currentColor" stroke-width="1.5"{}/>'
_SQUARE_CROSS = (
    '<rect x="2" y="2" width="12" height="12" rx="1" fill="currentColor"/>'
    '<path class="cut" d="M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4"/>'
)

# state -> (colour class, SVG content). Each state has a shape of its own: colour is never alone.
GLYPHS = {
    "done": (
        "ip-ok",
        '<circle cx="8" cy="8" r="6.5" fill="currentColor"/><path class="cut" d="M5 8.2 7.2 10.4 11 6"/>',
    ),
    "progress": (
        "ip-acc",
        _RING.format("") + '<path d="M8 4.6a3.4 3.4 0 0 1 0 6.8Z" fill="currentColor"/>',
    ),
    "todo": ("ip-mute", _RING.format("")),
    "waiting": ("ip-mute", _RING.format(' stroke-dasharray="2.5 2"')),
    "soon": (
        "ip-warn",
        '<path d="M8 1.8 15 14H1Z" fill="currentColor"/><path class="cut" d="M8 6.3v3.4M8 11.6v.4"/>',
    ),
    "overdue": ("ip-bad", _SQUARE_CROSS),
    "wrong": ("ip-bad", _SQUARE_CROSS),
}
