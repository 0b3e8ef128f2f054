// A suspended person is refused everything with 403 (accounts/suspension.py). Unlike other refusals it is over by itself.

export const saysSuspended = (response) => response?.status === 403 && response.headers.has("X-Suspended");
