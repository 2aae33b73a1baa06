"""Why evaluating a flag leaves no entry, although it is a POST."""

FLAG_EXEMPT = {
    "api.ofrep-v1-evaluate-flags": "asks, as often as pages are opened; who fell into a share stands in flag_members",
    "api.ofrep-v1-evaluate-flags-key": "the same, of one flag",
}
