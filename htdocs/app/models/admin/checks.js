// checks.js - what names, addresses, passwords and URLs must be, as the server checks them again. Each answers with
// what is wrong, or ''.

import { t } from '../../language/language.js';
import { isShown } from '../../text/names.js';

const NAME_MOST = 128; // bytes
const PASSWORD_MOST = 72;
const URL_MOST = 512;
const DAYS_MOST = 36500;

const bytesOf = (text) => new TextEncoder().encode(text).length;
const isTooLong = (text, most) => (bytesOf(text) > most ? t('admin.check.too-long', { most }) : '');
const hasControls = (text) => /\p{Cc}/u.test(text);

/** A channel's name, a label. */
export function checkName(text) {
  if (!text.trim()) return t('admin.check.name-missing');
  return hasControls(text) ? t('admin.check.control') : isTooLong(text, NAME_MOST);
}

/** A display name: may be nothing. */
export const checkDisplayName = (text) =>
  (text ? checkName(text) || (isShown(text) ? '' : t('admin.check.invisible')) : '');

/** A user's or server's name. */
export function checkUsername(text) {
  return checkName(text) || (/[\s@/\\]/u.test(text) ? t('admin.check.username') : '');
}

/** Days of a channel's own: may be nothing. */
export function checkDays(text) {
  const days = text.trim();
  return days === '' || (/^\d{1,5}$/.test(days) && days >= 1 && days <= DAYS_MOST) ? ''
    : t('admin.check.days', { most: DAYS_MOST });
}

export function checkPassword(text) {
  if (!text) return t('admin.check.password-missing');
  return isTooLong(text, PASSWORD_MOST);
}

/** "alice" or "alice@server". */
export function checkAddress(text) {
  if (!text.trim()) return t('admin.check.address-missing');
  const [name, server = 'here', ...more] = text.trim().split('@');
  const isWrong = more.length > 0 || checkUsername(name) || checkUsername(server);
  return isWrong ? t('admin.check.address') : '';
}

/** Where a server is reached. */
export function checkUrl(text) {
  if (!text.trim()) return t('admin.check.url-missing');
  const isUrl = /^https?:\/\/[^/\s?#"][^\s?#"]*$/.test(text.trim()) && URL.canParse(text.trim());
  return isUrl ? isTooLong(text, URL_MOST) : t('admin.check.url');
}
