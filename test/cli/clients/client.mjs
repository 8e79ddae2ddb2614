const response = await fetch(`${process.env.GETSMART_BASE_URL}/health`);
console.log(response.status, await response.text());
