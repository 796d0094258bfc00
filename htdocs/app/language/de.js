// de.js - German.

export default {
  direction: 'ltr',
  texts: {
    'action.cancel': 'Abbrechen',
    'action.close': 'Schließen',
    'action.copy': 'Kopieren',
    'action.copied': 'Kopiert',
    'action.create': 'Anlegen',
    'action.delete': 'Löschen',
    'action.dismiss': 'Ausblenden',
    'action.retry': 'Erneut versuchen',
    'action.save': 'Speichern',
    'action.saved': 'Gespeichert',

    'error.server': 'Der Server hat ein Problem. Versuche es gleich noch einmal.',
    'error.too-many': { one: 'Zu viele Versuche. Warte eine Sekunde.', other: 'Zu viele Versuche. Warte {count} Sekunden.' },
    'error.unexpected': 'Etwas ist schiefgegangen.',
    'error.unreachable': 'Der Server ist nicht erreichbar.',

    'day.today': 'Heute',
    'day.yesterday': 'Gestern',

    'sign-in.title': 'Anmelden',
    'sign-in.username': 'Benutzername',
    'sign-in.password': 'Passwort',
    'sign-in.submit': 'Anmelden',
    'sign-in.expired': 'Deine Sitzung ist abgelaufen. Melde dich an, um dort weiterzumachen, wo du warst.',
    'sign-in.username-missing': 'Gib deinen Benutzernamen ein.',
    'sign-in.password-missing': 'Gib dein Passwort ein.',
    'sign-in.help': 'Konten legt die Verwaltung dieses Servers an.',
    'sign-in.wrong': 'Benutzername oder Passwort ist falsch.',

    'frame.skip': 'Zur Unterhaltung springen',
    'frame.offline': 'Keine Verbindung. Was du schreibst, wird gesendet, sobald sie wieder da ist.',
    'frame.loading': 'Lädt…',
    'frame.load-failed': 'Die Unterhaltungen konnten nicht geladen werden.',

    'message.gif': 'GIF',
    'notification.in-channel': '{name} in #{channel}',
  },
};
