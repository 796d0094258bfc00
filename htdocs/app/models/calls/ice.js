// ice.js - the servers that help two callers to find each other, as the server has them configured, and how many a call
// bears; asked for anew before their credentials expire.

import { get } from '../../net/api.js';
import { limits } from './rules.js';

const MARGIN_MS = 300000;

let known = null; // {servers, until}

export async function iceServers() {
  if (known && known.until > Date.now()) return known.servers;
  const { ice_servers: servers, expires_at: expiresAt, video_most: video, audio_most: audio } =
      await get('/api/call/ice-servers');
  if (video && audio) limits.value = { video, audio: Math.max(video, audio) };
  const until = expiresAt ? Date.parse(expiresAt) - MARGIN_MS : Date.now() + MARGIN_MS;
  known = { servers, until };
  return servers;
}

/** The server refuses what we believed to be allowed: it has been configured anew. */
export function forgetIceServers() {
  known = null;
}
