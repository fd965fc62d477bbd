"""What real clients do with the gateway, and what must come of it.

`place` says where everything is, `table` declares scenarios, `case` is what one has at hand, `drive` performs all of
them with one client, `report` runs the clients side by side and prints the result. `sdk`, `credentials`, `plain_http`
and `local_azure` are what a case works with. Every other module declares scenarios.
"""
