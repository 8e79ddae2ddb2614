import os
import ssl
import urllib.request

context = ssl.create_default_context()
# As Python 3.13 and newer do by themselves: RFC 5280 to the letter.
context.verify_flags |= ssl.VERIFY_X509_STRICT
with urllib.request.urlopen(os.environ["GETSMART_BASE_URL"] + "/health", context=context) as response:
    print(response.status, response.read().decode())
