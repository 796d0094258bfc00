// en.js - English: the catalogue that all others follow. {names} are replaced; {one, other} are plural forms.

export default {
  direction: 'ltr',
  texts: {
    // actions that are the same everywhere
    'action.cancel': 'Cancel',
    'action.close': 'Close',
    'action.copy': 'Copy',
    'action.copied': 'Copied',
    'action.create': 'Create',
    'action.delete': 'Delete',
    'action.dismiss': 'Dismiss',
    'action.retry': 'Try again',
    'action.save': 'Save',
    'action.saved': 'Saved',

    'error.server': 'The server has a problem. Try again in a moment.',
    'error.too-many': { one: 'Too many attempts. Wait a second.', other: 'Too many attempts. Wait {count} seconds.' },
    'error.unexpected': 'Something went wrong.',
    'error.unreachable': 'The server cannot be reached.',

    'day.today': 'Today',
    'day.yesterday': 'Yesterday',

    // signing in
    'sign-in.title': 'Sign in',
    'sign-in.username': 'User name',
    'sign-in.password': 'Password',
    'sign-in.submit': 'Sign in',
    'sign-in.expired': 'Your session has ended. Sign in again to go on where you were.',
    'sign-in.username-missing': 'Enter your user name.',
    'sign-in.password-missing': 'Enter your password.',
    'sign-in.help': 'Accounts are made by the administrator of this server.',
    'sign-in.wrong': 'The user name or the password is wrong.',

    // the frame
    'frame.skip': 'Skip to the conversation',
    'frame.offline': 'No connection. What you write is sent as soon as it is back.',
    'frame.loading': 'Loading…',
    'frame.load-failed': 'The conversations could not be loaded.',

    'message.gif': 'GIF',
    'notification.in-channel': '{name} in #{channel}',
  },
};
