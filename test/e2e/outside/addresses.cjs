'use strict';
// Loaded with --require into the n8n of the tests: what it sends to an outside service goes to the stand-in that
// services.ts has written down in the user folder. n8n's own nodes know no other addresses.

const { readFileSync } = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const path = require('node:path');

const file = path.join(process.env.N8N_USER_FOLDER ?? '', 'outside-services.json');
const send = https.request;

/** The port of the stand-in for this name, if a test has one. */
function portOf(hostname) {
	try {
		return JSON.parse(readFileSync(file, 'utf8'))[hostname];
	} catch {
		return undefined;
	}
}

https.request = (first, ...rest) => {
	const { hostname, path: resource, headers } = first;
	const port = portOf(hostname);
	if (port === undefined) return send(first, ...rest);
	const standIn = { protocol: 'http:', hostname: '127.0.0.1', host: undefined, port };
	const request = { path: `/${hostname}${resource}`, headers: { ...headers, host: hostname } };
	return http.request({ ...first, ...standIn, ...request, agent: undefined }, ...rest);
};
