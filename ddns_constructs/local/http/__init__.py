"""HTTP and HTTPS on loopback: function URLs, and the server that REST APIs share with them."""
