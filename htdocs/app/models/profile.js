// profile.js - what people change about themselves.

import { put } from '../net/api.js';
import { me } from './session.js';

/** null takes the display name away. */
export async function saveDisplayName(name) {
  const user = await put('/api/profile', { display_name: name });
  me.value = { ...me.value, user: { ...me.value.user, display_name: user.display_name } };
}

/** Throws an ApiError: 403 if the current one is wrong. All other sessions of this user end. */
export const changePassword = (current, next) =>
  put('/api/profile/password', { current_password: current, new_password: next });
