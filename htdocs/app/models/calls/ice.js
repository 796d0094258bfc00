// ice.js - the servers that help two callers to find each other, as the server has them configured; asked for anew
// before their credentials expire.

import { get } from '../../net/api.js';

const MARGIN_MS = 300000;

let known = null; // {servers, until}

export async function iceServers() {
  if (known && known.until > Date.now()) return known.servers;
  const { ice_servers: servers, expires_at: expiresAt } = await get('/api/call/ice-servers');
  const until = expiresAt ? Date.parse(expiresAt) - MARGIN_MS : Date.now() + MARGIN_MS;
  known = { servers, until };
  return servers;
}
