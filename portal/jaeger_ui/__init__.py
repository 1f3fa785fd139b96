"""Jaeger's own UI behind the same sign-in: what nginx asks before each request, and how a browser gets its pass.

Jaeger's UI has a host of its own (docs/adr/0018), and a `__Host-` cookie stays with its host. So a browser that comes
without a pass is sent over the portal, where the person is signed in or signs in, and brings back a ticket:

    jaeger host: any page ──► start (keeps a state in a cookie) ──► portal: enter (closed: sign-in, role)
    jaeger host: the page ◄── redeem (ticket + state → pass)    ◄──────┘
"""
