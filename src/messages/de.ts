import type { Messages } from './en.ts'

export const de: Messages = {
  skipToContent: 'Zum Inhalt springen',
  thereIsAProblem: 'Es gibt ein Problem',
  continueAction: 'Weiter',
  cancel: 'Abbrechen',
  signedInAs: (name) => `Angemeldet als ${name}`,

  look: {
    or: 'oder',
    tryAnotherWay: 'Anders anmelden',
    showPassword: 'Passwort anzeigen',
    language: 'Sprache',
    moreLinks: 'Mehr zu diesem Dienst',
  },

  signInSteps: {
    usePassword: 'Passwort verwenden',
    unreachableTitle: 'Diese Anmeldung ist nicht stark genug',
    unreachable:
      'Hier wird mehr verlangt, als Ihr Konto nachweisen kann. Bitten Sie die Betreiber dieses Dienstes, für Sie eine weitere Anmeldeart einzurichten.',
  },
  signInTitle: 'Anmelden',
  signInTo: (client) => `um mit ${client} fortzufahren`,
  identifierLabel: 'E-Mail-Adresse oder Benutzername',
  passwordLabel: 'Passwort',
  signInAction: 'Anmelden',
  identifierMissing: 'Geben Sie Ihre E-Mail-Adresse oder Ihren Benutzernamen ein',
  passwordMissing: 'Geben Sie Ihr Passwort ein',
  signInAgainTitle: 'Bestätigen Sie, dass Sie es sind',
  askedAgain: (client) => `${client} bittet Sie, noch einmal zu bestätigen, wer Sie sind.`,
  otherAccountWanted: (client, name) =>
    `Sie sind als ${name} angemeldet, aber ${client} fragt nach einem anderen Konto.`,
  signInFailed: 'Diese Anmeldedaten stimmen nicht. Prüfen Sie sie und versuchen Sie es noch einmal.',
  tooManyAttempts: (wait) => `Zu viele Versuche. Versuchen Sie es in ${wait} noch einmal.`,
  busy: (wait) => `Im Augenblick melden sich sehr viele an. Versuchen Sie es in ${wait} noch einmal.`,

  changePasswordTitle: 'Passwort ändern',
  passwordChangeRequired: 'Wählen Sie ein neues Passwort, bevor es weitergeht.',
  currentPasswordLabel: 'Aktuelles Passwort',
  newPasswordLabel: 'Neues Passwort',
  repeatPasswordLabel: 'Neues Passwort wiederholen',
  newPasswordHint: (min) => `Mindestens ${min} Zeichen. Mehrere Wörter hintereinander sind eine gute Wahl.`,
  otherSessionsWillEnd: 'Überall sonst werden Sie abgemeldet.',
  changePasswordAction: 'Passwort ändern',
  currentPasswordMissing: 'Geben Sie Ihr aktuelles Passwort ein',
  currentPasswordWrong: 'Das aktuelle Passwort stimmt nicht',
  newPasswordMissing: 'Geben Sie ein neues Passwort ein',
  passwordsDiffer: 'Die beiden neuen Passwörter sind nicht gleich',
  passwordTooShort: (min) => `Das neue Passwort muss mindestens ${min} Zeichen haben`,
  passwordTooLong: (max) => `Das neue Passwort darf höchstens ${max} Zeichen haben`,
  passwordTooCommon: 'Das neue Passwort ist zu leicht zu erraten. Wählen Sie ein anderes',
  passwordTooSimilar:
    'Das neue Passwort darf nicht aus Ihrem Benutzernamen, Ihrer E-Mail-Adresse oder dem Namen dieses Dienstes gebildet sein',
  passwordUnchanged: 'Das neue Passwort muss sich vom aktuellen unterscheiden',
  passwords: {
    reused: 'Dieses Passwort hatten Sie schon einmal. Wählen Sie ein anderes',
    breached:
      'Ihr Passwort steht in einer Liste von Passwörtern, die anderswo gestohlen wurden; andere kennen es vielleicht. Wählen Sie ein neues, bevor es weitergeht, und ändern Sie es überall, wo Sie es sonst verwenden.',
  },
  passwordChangedMeanwhile: 'Das Passwort wurde inzwischen anderswo geändert. Melden Sie sich neu an.',
  passwordChanged: 'Ihr Passwort wurde geändert.',

  invitationTitle: 'Willkommen',
  invitationText: 'Für Sie wurde ein Konto angelegt. Wählen Sie ein Passwort dafür.',
  resetTitle: 'Neues Passwort wählen',
  resetText: 'Ihr Passwort wurde zurückgesetzt. Wählen Sie ein neues.',
  accountLabel: 'Konto',
  savePasswordAction: 'Passwort speichern',
  linkInvalidTitle: 'Dieser Link gilt nicht mehr',
  linkInvalidText:
    'Er wurde schon benutzt, ist abgelaufen oder durch einen neueren ersetzt. Bitten Sie um einen neuen Link.',
  passwordSaved: 'Ihr Passwort wurde gespeichert. Sie können sich jetzt damit anmelden.',

  consentTitle: (client) => `${client} bittet um Zugriff auf Ihr Konto`,
  consentScopes: (client) => `Wenn Sie zustimmen, kann ${client}:`,
  consentClaims: 'Außerdem erhält die Anwendung:',
  consentRedirect: (host) => `Danach kehren Sie zu ${host} zurück.`,
  clientWebsite: (host) => `Website (${host})`,
  clientPolicy: (host) => `Datenschutzerklärung (${host})`,
  clientTerms: (host) => `Nutzungsbedingungen (${host})`,
  allow: 'Zulassen',
  deny: 'Ablehnen',

  selectAccountTitle: 'Konto wählen',
  continueAs: (name) => `Weiter als ${name}`,
  useAnotherAccount: 'Anderes Konto verwenden',

  signOutTitle: 'Abmelden',
  signOutQuestion: 'Möchten Sie sich abmelden?',
  signOutQuestionFrom: (client) => `${client} möchte Sie abmelden. Möchten Sie sich abmelden?`,
  signOutAction: 'Abmelden',
  staySignedIn: 'Angemeldet bleiben',
  signedOutTitle: 'Sie sind abgemeldet',
  signedOutText: 'Sie können dieses Fenster jetzt schließen.',
  signInAgain: 'Wieder anmelden',

  accountTitle: 'Ihr Konto',
  usernameLabel: 'Benutzername',
  emailLabel: 'E-Mail-Adresse',
  emailVerified: 'bestätigt',
  emailNotVerified: 'nicht bestätigt',
  passwordSection: 'Passwort',
  sessionsSection: 'Wo Sie angemeldet sind',
  thisDevice: 'dieses Gerät',
  unknownDevice: 'Unbekanntes Gerät',
  signedInAt: (time) => `Angemeldet am ${time}`,
  lastSeenAt: (time) => `Zuletzt aktiv am ${time}`,
  endOtherSessions: 'Überall sonst abmelden',
  devicesSection: 'Bekannte Geräte',
  devicesText:
    'Wo Sie sich schon angemeldet haben, können Fehlversuche anderer Ihre Anmeldung nicht aufhalten. Vergessen Sie Geräte, die Sie nicht mehr benutzen.',
  forgetDevice: 'Vergessen',
  deviceForgotten: 'Dieses Gerät ist nicht mehr bekannt.',
  sessionEnded: 'Dieses Gerät wurde abgemeldet.',
  otherSessionsEnded: 'Sie sind überall sonst abgemeldet.',

  oneTimePasswords: {
    section: 'Authenticator-Apps',
    text: 'Eine Authenticator-App zeigt einen Code, der sich ständig ändert. Sie geben ihn beim Anmelden nach dem Passwort ein.',
    none: 'Sie haben keine Authenticator-App.',
    manage: 'Verwalten',
    add: 'Authenticator-App hinzufügen',
    everySeconds: (seconds) => `Alle ${seconds} Sekunden ein neuer Code`,
    withCounter: 'Bei jedem Druck ein neuer Code',
    createdAt: (time) => `Hinzugefügt ${time}`,
    lastUsedAt: (time) => `Zuletzt benutzt ${time}`,
    neverUsed: 'Noch nicht benutzt',
    nameLabel: 'Name',
    nameInvalid: (max) => `Geben Sie einen Namen mit höchstens ${max} Zeichen ein`,
    rename: 'Namen speichern',
    remove: 'Entfernen',
    removeText:
      'Ihre Codes gelten dann nicht mehr. Mit dem letzten zweiten Faktor enden auch Ihre Wiederherstellungscodes.',
    added: 'Die Authenticator-App wurde hinzugefügt.',
    renamed: 'Der Name wurde gespeichert.',
    removed: 'Die Authenticator-App wurde entfernt.',
    unknown: 'Diese Authenticator-App gehört nicht mehr zu Ihrem Konto.',
    full: (max) =>
      `Sie haben ${max} Authenticator-Apps. Entfernen Sie eine, bevor Sie eine weitere hinzufügen.`,
    back: 'Zurück zu Ihrem Konto',
    addTitle: 'Authenticator-App hinzufügen',
    scan: 'Scannen Sie diesen Code mit der Authenticator-App auf Ihrem Telefon.',
    picture: 'QR-Code für die Authenticator-App',
    enterKey: 'Wenn Sie ihn nicht scannen können, geben Sie in der App diesen Schlüssel ein:',
    openApp: 'Authenticator-App auf diesem Gerät öffnen',
    confirmText: 'Geben Sie dann den Code ein, den die App zeigt.',
    codeLabel: 'Code aus der App',
    codeHint: (digits) => `${digits} Ziffern`,
    codeMissing: 'Geben Sie den Code aus der App ein',
    codeWrong:
      'Dieser Code ist nicht richtig. Geben Sie den ein, der jetzt gezeigt wird, und prüfen Sie, ob die Uhr Ihres Geräts richtig geht.',
    codeUsed: 'Dieser Code wurde schon benutzt. Warten Sie auf den nächsten.',
    confirm: 'Bestätigen',
    expired: 'Dieser Schlüssel ist abgelaufen. Scannen Sie den neuen.',
    usualName: 'Authenticator-App',
    stepTitle: 'Code aus Ihrer Authenticator-App eingeben',
    stepText: 'Öffnen Sie die App und geben Sie den Code ein, den sie für dieses Konto zeigt.',
    useIt: 'Authenticator-App verwenden',
  },
  recovery: {
    forgot: 'Passwort vergessen?',
    title: 'Passwort zurücksetzen',
    text: 'Wir senden einen Code an die E-Mail-Adresse Ihres Kontos. Danach wählen Sie ein neues Passwort.',
    chooseTitle: 'Neues Passwort wählen',
    chooseText: 'Wählen Sie ein neues Passwort. Überall sonst werden Sie dann abgemeldet.',
    lost: {
      label: 'Ich habe all das verloren',
      title: 'Wenn Sie alles verloren haben',
      text: (wait) =>
        `Ohne zweiten Faktor kommen Sie nach einer Wartezeit von ${wait} wieder hinein. Wir benachrichtigen sofort jede bestätigte Adresse des Kontos, damit die Inhaberin oder der Inhaber es verhindern kann. Am Ende werden Passkeys, Authenticator-Apps und Wiederherstellungscodes entfernt.`,
      action: 'Wartezeit beginnen',
      waiting: (from, until) =>
        `Die Wartezeit läuft. Wählen Sie nach ${from} und vor ${until} noch einmal „Passwort vergessen?“. Eine Anmeldung mit dem zweiten Faktor beendet sie.`,
      barred:
        'Ihr Konto verwaltet diesen Dienst mit, deshalb gibt es dafür keine Wartezeit. Bitten Sie eine andere Person mit Verwaltungsrechten um Hilfe.',
      unsent:
        'Wir konnten niemanden benachrichtigen, deshalb hat noch nichts begonnen. Versuchen Sie es später noch einmal.',
      choose:
        'Wählen Sie ein neues Passwort. Passkeys, Authenticator-Apps und Wiederherstellungscodes werden entfernt, und überall sonst werden Sie abgemeldet.',
    },
    mail: {
      subject: (service) => `Neues Passwort für ${service} wählen`,
      title: 'Neues Passwort wählen',
      text: (service) =>
        `Jemand, vermutlich Sie selbst, möchte bei ${service} ein neues Passwort wählen. Geben Sie diesen Code dort ein, wo Sie danach gefragt werden.`,
      action: 'Weiter',
    },
  },
  notices: {
    at: (time) => `Zeitpunkt: ${time}`,
    device: (device) => `Gerät: ${device}`,
    notMe: 'Das war ich nicht',
    fine: 'Wenn Sie das waren, müssen Sie nichts tun.',
    notMeNote: (time) =>
      `Die Schaltfläche meldet alle ab und macht das Passwort ungültig. Sie gilt einmal, bis ${time}, und meldet niemanden an.`,
    newDevice: {
      subject: (service) => `Neue Anmeldung bei ${service}`,
      title: 'Eine neue Anmeldung',
      text: (service) =>
        `Jemand hat sich bei Ihrem Konto bei ${service} auf einem bisher nicht benutzten Gerät angemeldet.`,
    },
    passwordChanged: {
      subject: (service) => `Ihr Passwort bei ${service} wurde geändert`,
      title: 'Ihr Passwort wurde geändert',
      text: (service) => `Das Passwort Ihres Kontos bei ${service} wurde geändert.`,
    },
    factorAdded: {
      subject: (service) => `Neue Anmeldemöglichkeit bei ${service}`,
      title: 'Eine Anmeldemöglichkeit kam hinzu',
      text: (service) => `Zu Ihrem Konto bei ${service} kam ein Passkey oder eine Authenticator-App hinzu.`,
    },
    factorRemoved: {
      subject: (service) => `Anmeldemöglichkeit bei ${service} entfernt`,
      title: 'Eine Anmeldemöglichkeit wurde entfernt',
      text: (service) =>
        `Aus Ihrem Konto bei ${service} wurde ein Passkey oder eine Authenticator-App entfernt.`,
    },
    recoveryCodes: {
      subject: (service) => `Neue Wiederherstellungscodes bei ${service}`,
      title: 'Neue Wiederherstellungscodes',
      text: (service) =>
        `Für Ihr Konto bei ${service} wurden neue Wiederherstellungscodes erstellt. Die früheren gelten nicht mehr.`,
    },
    waiting: {
      subject: (service) => `Jemand möchte Ihr Konto bei ${service} wiederherstellen`,
      title: 'Wiederherstellung Ihres Kontos',
      text: (service, time) =>
        `Jemand, der Ihre E-Mails lesen kann, möchte Ihr Konto bei ${service} ohne den zweiten Faktor wiederherstellen. Ab ${time} ist das möglich.`,
      action: 'Das war ich nicht: verhindern',
      note: 'Wenn Sie es waren, warten Sie bis dahin. Eine Anmeldung mit dem zweiten Faktor beendet es ebenfalls.',
      sms: (service, url) =>
        `Jemand möchte Ihr Konto bei ${service} wiederherstellen. Das waren nicht Sie? Verhindern: ${url}`,
    },
    recovered: {
      subject: (service) => `Ihr Konto bei ${service} wurde wiederhergestellt`,
      title: 'Ihr Konto wurde wiederhergestellt',
      text: (service) =>
        `Nach der Wartezeit wurde für Ihr Konto bei ${service} ein neues Passwort gewählt. Passkeys, Authenticator-Apps und Wiederherstellungscodes wurden entfernt.`,
      note: 'Wenn Sie das nicht waren, bitten Sie den Betreiber des Dienstes um Hilfe.',
    },
    emailChanged: {
      subject: (service) => `Ihre E-Mail-Adresse bei ${service} wurde geändert`,
      title: 'Ihre E-Mail-Adresse wurde geändert',
      text: (service) => `Ihr Konto bei ${service} hat jetzt eine andere E-Mail-Adresse.`,
      action: 'Änderung rückgängig machen',
      note: (time) =>
        `Wenn Sie das nicht waren, machen Sie es rückgängig. Der Link gilt einmal, bis ${time}: Er setzt Ihre Adresse zurück und meldet alle ab.`,
    },
    addressUsed: {
      subject: (service) => `Ihre E-Mail-Adresse bei ${service}`,
      title: 'Jemand hat Ihre Adresse verwendet',
      text: (service) =>
        `Jemand wollte diese E-Mail-Adresse für ein anderes Konto bei ${service} verwenden. Sie gehört zu Ihrem Konto, deshalb hat sich nichts geändert.`,
      note: 'Sie müssen nichts tun.',
    },
  },
  noticePages: {
    over: 'Dieser Link wurde schon benutzt oder ist abgelaufen, oder es gibt nichts mehr rückgängig zu machen.',
    stopTitle: 'Wiederherstellung verhindern',
    stopText: 'Jemand möchte Ihr Konto ohne den zweiten Faktor wiederherstellen. Ein Klick verhindert es.',
    stopAction: 'Verhindern',
    stoppedTitle: 'Die Wiederherstellung ist beendet',
    stopped:
      'So kommt jetzt niemand in Ihr Konto. Ändern Sie das Passwort Ihres Postfachs: Wer das wollte, konnte Ihre E-Mails lesen.',
    notMeTitle: 'Das waren nicht Sie?',
    notMeText:
      'Ein Klick meldet alle von Ihrem Konto ab und macht das Passwort ungültig. Danach wählen Sie ein neues.',
    notMeAction: 'Alle abmelden',
    doneTitle: 'Alle sind abgemeldet',
    done: 'Das alte Passwort gilt nicht mehr. Für ein neues geben Sie Ihre E-Mail-Adresse ein und wählen dann „Passwort vergessen?“.',
    toRecovery: 'Neues Passwort wählen',
    undoTitle: 'Änderung Ihrer E-Mail-Adresse rückgängig machen',
    undoText: 'Ein Klick setzt Ihre alte Adresse zurück und meldet alle ab.',
    undoAction: 'Alte Adresse zurücksetzen',
    undoneTitle: 'Ihre alte Adresse gilt wieder',
    undone:
      'Alle sind abgemeldet. Wählen Sie jetzt ein neues Passwort: Wer die Adresse geändert hat, kennt vielleicht das alte.',
    takenTitle: 'Ihre alte Adresse ist vergeben',
    taken:
      'Ein anderes Konto hat inzwischen Ihre alte Adresse, deshalb ließ sie sich nicht zurücksetzen. Alle sind abgemeldet.',
  },
  emailCodes: {
    useIt: 'Code per E-Mail erhalten',
    title: 'Mit einem Code anmelden',
    text: 'Wir senden einen Code an die E-Mail-Adresse des Kontos. Er gilt einmal, in diesem Browser.',
    send: 'Code senden',
    sent: 'Falls es dieses Konto gibt, ist ein Code an seine E-Mail-Adresse unterwegs. Geben Sie ihn hier ein.',
    label: 'Code aus der E-Mail',
    missing: 'Geben Sie den Code aus der E-Mail ein',
    wrong: 'Der Code stimmt nicht. Prüfen Sie ihn und geben Sie ihn noch einmal ein.',
    over: 'Dieser Code gilt nicht mehr. Fordern Sie einen neuen an.',
    notArrived: (wait) =>
      `Nichts angekommen? Sehen Sie im Spam-Ordner nach. Ein neuer Code kann nach ${wait} gesendet werden und ersetzt den vorigen.`,
    sendAgain: 'Neuen Code senden',
  },
  signInLink: {
    title: 'Anmelden',
    press: 'Ein Klick, und es geht dort weiter, wo Sie den Code angefordert haben.',
    elsewhereTitle: 'Ihr Code',
    elsewhere: 'Geben Sie diesen Code in dem Browser ein, in dem Sie ihn angefordert haben.',
    notMine:
      'Sie haben keinen Code angefordert? Dann schließen Sie diese Seite und nennen Sie den Code niemandem.',
    over: 'Dieser Link wurde schon benutzt, ist abgelaufen oder wurde durch einen neueren ersetzt. Melden Sie sich erneut an, um einen anderen zu erhalten.',
  },
  smsCodes: {
    useIt: 'Code per SMS erhalten',
    title: 'Code von Ihrem Telefon eingeben',
    text: 'Wir senden einen Code an die Telefonnummer Ihres Kontos.',
    sent: 'Ein Code ist an die Telefonnummer Ihres Kontos unterwegs. Geben Sie ihn hier ein.',
    label: 'Code aus der SMS',
    missing: 'Geben Sie den Code aus der SMS ein',
    notArrived: (wait) =>
      `Nichts angekommen? Ein neuer Code kann nach ${wait} gesendet werden und ersetzt den vorigen.`,
    notThere: 'In das Land Ihrer Nummer senden wir keine SMS. Wählen Sie einen anderen Weg.',
  },
  recoveryCodes: {
    section: 'Wiederherstellungscodes',
    text: 'Mit einem Wiederherstellungscode können Sie sich anmelden, wenn Sie Ihren zweiten Faktor verloren haben. Jeder gilt einmal.',
    unused: (count) => `Unbenutzte Codes: ${count}`,
    none: 'Sie haben keine Wiederherstellungscodes.',
    make: 'Wiederherstellungscodes erstellen',
    renew: 'Neue Wiederherstellungscodes erstellen',
    usedAt: (time) =>
      `Ein Wiederherstellungscode wurde benutzt: ${time}. Wenn Sie das nicht waren, ändern Sie Ihr Passwort und entfernen Sie, was nicht Ihnen gehört.`,
    title: 'Ihre Wiederherstellungscodes',
    newText:
      'Bewahren Sie sie bei anderen wichtigen Unterlagen auf. Sie werden nur jetzt gezeigt und ersetzen alle früheren, sobald Sie bestätigen.',
    download: 'Als Textdatei speichern',
    fileHeading: (issuer, account) => `Wiederherstellungscodes von ${account} für ${issuer}`,
    kept: 'Ich habe sie gespeichert',
    valid: 'Ihre neuen Wiederherstellungscodes gelten jetzt.',
    outdated: 'Diese Wiederherstellungscodes sind abgelaufen oder wurden ersetzt. Speichern Sie die neuen.',
    needsFactor:
      'Wiederherstellungscodes sind für alle, die einen zweiten Faktor haben. Fügen Sie zuerst einen hinzu.',
    stepTitle: 'Wiederherstellungscode eingeben',
    stepText: 'Jeder Wiederherstellungscode gilt einmal.',
    label: 'Wiederherstellungscode',
    missing: 'Geben Sie einen Wiederherstellungscode ein',
    wrong: 'Dieser Wiederherstellungscode ist nicht richtig, oder er wurde schon benutzt.',
    useOne: 'Wiederherstellungscode verwenden',
  },
  setUpFactor: {
    title: 'Zweiten Faktor einrichten',
    text: 'Für diese Anmeldung genügt ein Passwort nicht. Erstellen Sie einen Passkey, um fortzufahren, oder verwenden Sie eine Authenticator-App.',
    textPasskey: 'Für diese Anmeldung ist ein Passkey nötig. Erstellen Sie einen, um fortzufahren.',
    textDeviceBound:
      'Für diese Anmeldung ist ein Passkey nötig, der auf einem einzigen Gerät bleibt, etwa auf einem Sicherheitsschlüssel. Erstellen Sie einen, um fortzufahren.',
    textApp:
      'Für diese Anmeldung genügt ein Passwort nicht. Fügen Sie eine Authenticator-App hinzu, um fortzufahren.',
    useApp: 'Stattdessen eine Authenticator-App verwenden',
  },

  errorTitle: 'Etwas ist schiefgegangen',
  notFoundTitle: 'Seite nicht gefunden',
  notFoundText: 'Unter dieser Adresse gibt es nichts.',
  wrongMethod: 'So lässt sich diese Adresse nicht öffnen.',
  serverFault: 'Der Fehler liegt bei uns. Versuchen Sie es gleich noch einmal.',
  serverUnavailable: 'Ein Teil dieses Dienstes ist nicht erreichbar. Versuchen Sie es gleich noch einmal.',
  reference: (id) => `Referenz: ${id}`,
  toAccount: 'Zu Ihrem Konto',
  startAgain: 'Neu beginnen',
  backTo: (client, host) => `Zu ${client} (${host})`,
  tryAgain: 'Noch einmal versuchen',
  openFormAgain: 'Formular noch einmal öffnen',
  signInExpiredTitle: 'Diese Anmeldung ist abgelaufen',
  signInExpired: 'Sie war zu lange offen. Beginnen Sie neu, um fortzufahren.',
  signInForeign:
    'Diese Anmeldung wurde in einem anderen Browser begonnen, oder die Cookies dieses Browsers wurden seither gelöscht. Beginnen Sie in der Anwendung noch einmal.',
  signInUnreadable:
    'Dieser Link ist unvollständig oder nicht mehr gültig. Beginnen Sie in der Anwendung noch einmal.',
  noCookie: (host) =>
    `Ihr Browser hat kein Cookie gesendet, und ohne Cookie kann sich niemand anmelden. Falls Cookies für ${host} blockiert sind, erlauben Sie sie und beginnen Sie noch einmal. Falls Sie in einem anderen Browser begonnen haben, machen Sie dort weiter.`,
  signInFinishedTitle: 'Diese Anmeldung ist abgeschlossen',
  signInFinished: (client) =>
    `Sie sind von hier schon zu ${client} weitergegangen. Falls sich dort nichts geöffnet hat, beginnen Sie neu.`,
  formExpired: 'Dieses Formular gilt nicht mehr; es wurde nichts getan. Öffnen Sie es noch einmal.',
  foreignForm: 'Dieses Formular kam nicht von unseren eigenen Seiten; es wurde nichts getan.',
  originHidden: (host) =>
    `Ihr Browser sagt nicht, woher dieses Formular kommt; es wurde nichts getan. Erlauben Sie ihm, es ${host} zu sagen: Eine Datenschutzeinstellung, eine Erweiterung oder ein Proxy hält es zurück.`,
  malformedForm: 'Das Formular konnte nicht gelesen werden; es wurde nichts getan.',
  formTooLarge: 'Das Formular ist zu groß; es wurde nichts getan.',
  tooManyRequests: (wait) => `Zu viele Anfragen. Versuchen Sie es in ${wait} noch einmal.`,
  requestRefused: 'Die Anwendung hat eine fehlerhafte Anfrage gesendet. Ihr Betreiber sollte davon erfahren.',
  clientMissing: 'Die Anfrage sagt nicht, von welcher Anwendung sie kommt.',
  clientUnknown: 'Die Anwendung, die Sie hierher geschickt hat, ist nicht bekannt.',
  redirectUriMissing: 'Die Anfrage sagt nicht, wohin es zurückgehen soll.',
  redirectUriUnregistered: 'Die Rückkehradresse ist für diese Anwendung nicht registriert.',
  parameterRepeated: (name) => `Die Anfrage nennt „${name}“ mehr als einmal.`,
  logoutHintInvalid: 'Die Bitte um Abmeldung enthält einen ungültigen Nachweis.',
  logoutClientMismatch: 'Die Bitte um Abmeldung nennt zwei verschiedene Anwendungen.',

  rememberedDevices: {
    ask: (days) => `In diesem Browser ${days} lang nicht mehr fragen`,
    hint: 'Nur auf einem Gerät, das niemand sonst benutzt.',
    section: 'Browser, in denen nicht mehr gefragt wird',
    text: 'Dort melden Sie sich ohne zweiten Schritt an. Ändern Sie Ihr Passwort oder einen zweiten Schritt, wird überall wieder gefragt.',
    until: (time) => `Bis ${time}`,
    forget: 'Wieder fragen',
    forgotten: 'In diesem Browser wird wieder nach dem zweiten Schritt gefragt.',
  },
  sessionLimits: {
    title: 'Sie sind anderswo angemeldet',
    text: 'Sie sind bereits in so vielen Browsern angemeldet, wie Ihr Konto erlaubt.',
    textAt: (client) =>
      `Sie sind bei ${client} bereits in so vielen Browsern angemeldet, wie dort erlaubt sind.`,
    hint: 'Wenn Sie fortfahren, werden Sie dort abgemeldet, wo Sie am längsten nicht aktiv waren.',
    action: 'Dort abmelden und fortfahren',
  },
  lastStrongFactor:
    'Sie verwalten diesen Server und behalten mindestens einen Passkey oder ein Einmalpasswort. Das letzte kann nur jemand anderes aus der Verwaltung entfernen.',

  passkeyProblems: {
    notUsed: 'Es wurde kein Passkey verwendet. Versuchen Sie es noch einmal, oder melden Sie sich anders an.',
    notCreated: 'Es wurde kein Passkey erstellt. Versuchen Sie es noch einmal, wenn Sie einen möchten.',
    timedOut: 'Das hat zu lange gedauert. Versuchen Sie es noch einmal.',
    alreadyThere: 'Dieses Gerät oder dieser Sicherheitsschlüssel hat schon einen Passkey für Ihr Konto.',
    wrongDomain:
      'Passkeys funktionieren an dieser Adresse nicht. Beginnen Sie noch einmal bei der Anwendung, oder melden Sie sich anders an.',
    notSupported:
      'Dieses Gerät oder dieser Sicherheitsschlüssel kann den Passkey, der hier nötig ist, nicht aufbewahren. Versuchen Sie es mit einem anderen.',
    failed:
      'Der Browser hat einen Fehler gemeldet. Versuchen Sie es noch einmal, oder nehmen Sie ein anderes Gerät.',
  },
  passkeyStep: {
    use: 'Passkey verwenden',
    title: 'Passkey verwenden',
    text: 'Bestätigen Sie mit Fingerabdruck, Gesicht, Displaysperre oder Sicherheitsschlüssel.',
    unknown: 'Dieser Passkey ist hier nicht mehr bekannt. Melden Sie sich auf andere Weise an.',
    refused:
      'Dieser Passkey wurde nicht angenommen. Versuchen Sie es erneut oder melden Sie sich auf andere Weise an.',
    spent: 'Diese Seite wurde bereits verwendet. Versuchen Sie es erneut.',
    unavailable: 'Passkeys funktionieren unter dieser Adresse nicht. Melden Sie sich auf andere Weise an.',
  },
  passkeySection: {
    title: 'Passkeys',
    text: 'Melden Sie sich mit Fingerabdruck, Gesicht, Bildschirmsperre oder einem Sicherheitsschlüssel an. Ein Passkey funktioniert nur auf unseren Seiten. Niemand kann Sie dazu verleiten, ihn preiszugeben.',
    none: 'Sie haben noch keinen Passkey.',
    add: 'Passkey hinzufügen',
    create: 'Passkey erstellen',
    withoutScript: 'Passkeys brauchen JavaScript und einen Browser, der sie unterstützt.',
    synced: 'synchronisiert',
    deviceBound: 'auf einem Gerät',
    createdAt: (time: string) => `Erstellt ${time}`,
    lastUsedAt: (time: string) => `Zuletzt verwendet ${time}`,
    neverUsed: 'Noch nicht verwendet',
    manage: 'Verwalten',
    nameLabel: 'Name',
    nameInvalid: (max: number) => `Geben Sie einen Namen mit höchstens ${max} Zeichen ein`,
    rename: 'Namen speichern',
    remove: 'Passkey entfernen',
    removeText:
      'Sie können sich dann nicht mehr mit ihm anmelden. Vielleicht werden Sie auch gefragt, ob er von Ihrem Gerät gelöscht werden soll.',
    back: 'Zurück zu Ihrem Konto',
    added: 'Ihr Passkey wurde hinzugefügt.',
    renamed: 'Der Name wurde gespeichert.',
    removed: 'Der Passkey wurde entfernt.',
    unknown: 'Diesen Passkey gibt es nicht mehr.',
    taken: 'Dieser Passkey wird schon verwendet. Es wurde nichts hinzugefügt.',
    full: 'Mehr Passkeys können Sie nicht haben. Entfernen Sie zuerst einen.',
    refused:
      'Der neue Passkey ließ sich nicht prüfen, deshalb wurde nichts hinzugefügt. Versuchen Sie es noch einmal.',
    notAllowed:
      'Diese Art von Gerät oder Sicherheitsschlüssel ist hier nicht erlaubt. Versuchen Sie es mit einem anderen.',
  },
  addPasskey: {
    title: 'Beim nächsten Mal schneller anmelden',
    text: 'Erstellen Sie einen Passkey, und von da an genügt Ihr Fingerabdruck, Ihr Gesicht oder die Bildschirmsperre. Sie müssen sich nichts merken, und keine gefälschte Seite kann Ihnen etwas stehlen.',
    later: 'Jetzt nicht',
  },

  registration: {
    title: 'Konto erstellen',
    noAccount: 'Noch kein Konto?',
    haveAccount: 'Sie haben schon ein Konto?',
    create: 'Konto erstellen',
    emailInvalid: 'Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@example.com',
    domainNotAllowed:
      'Konten gibt es hier für Adressen bestimmter Organisationen, und diese gehört nicht dazu',
    codeTitle: 'E-Mail-Adresse bestätigen',
    sent: 'Wir haben eine Nachricht an diese Adresse geschickt. Geben Sie den Code daraus ein.',
    detailsTitle: 'Über Sie',
    optional: (label) => `${label} (freiwillig)`,
    nameLabel: 'Name',
    nameMissing: 'Geben Sie Ihren Namen ein',
    nameInvalid: 'Geben Sie Ihren Namen in einer Zeile ein',
    usernameHint:
      '3 bis 32 Buchstaben von A bis Z und Ziffern; dazwischen einzelne Punkte, Binde- oder Unterstriche',
    usernameMissing: 'Wählen Sie einen Benutzernamen',
    usernameMalformed: 'Ein Benutzername dieser Form ist hier nicht möglich. Wählen Sie einen anderen',
    usernameTaken: 'Dieser Benutzername ist nicht verfügbar. Wählen Sie einen anderen',
    acceptTerms: 'Ich stimme den Nutzungsbedingungen zu',
    readTerms: 'Nutzungsbedingungen lesen',
    termsMissing: 'Stimmen Sie den Nutzungsbedingungen zu, um fortzufahren',
    credentialTitle: 'Wie möchten Sie sich anmelden?',
    usePassword: 'Stattdessen ein Passwort verwenden',
    exists: 'Es gibt schon ein Konto mit dieser E-Mail-Adresse. Melden Sie sich damit an.',
    closedTitle: 'Konten gibt es auf Einladung',
    closed:
      'Sie können hier nicht selbst ein Konto erstellen. Bitten Sie die Betreiber dieses Dienstes um eine Einladung.',
    expiredTitle: 'Dieses Formular ist abgelaufen',
    expired: 'Es war zu lange offen oder wurde in einem anderen Browser begonnen. Beginnen Sie noch einmal.',
    challenged:
      'Gerade werden sehr viele Konten erstellt. Ihr Browser muss eine kleine Aufgabe lösen, bevor es weitergeht.',
    challengeRunning: 'Ihr Browser rechnet. Das dauert einen Augenblick.',
    challengeDone: 'Fertig. Sie können fortfahren.',
    challengeNeedsScript:
      'Dafür wird JavaScript gebraucht. Schalten Sie es ein, oder kommen Sie später wieder.',
  },

  mail: {
    addressInstead: 'Oder öffnen Sie diese Adresse:',
    linkWorksUntil: (time) => `Der Link funktioniert einmal, bis ${time}.`,
    unexpectedLink:
      'Wenn Sie diese Nachricht nicht erwartet haben, tun Sie nichts: Ohne den Link ändert sich nichts. Leiten Sie sie nicht weiter.',
    invitation: {
      subject: (service) => `Ihr Konto bei ${service}`,
      title: 'Willkommen',
      text: (service, account) => `Bei ${service} wurde ein Konto für Sie angelegt: ${account}.`,
      next: 'Wählen Sie ein Passwort dafür, dann können Sie sich anmelden.',
      action: 'Passwort wählen',
    },
    passwordReset: {
      subject: (service) => `Wählen Sie ein neues Passwort für ${service}`,
      title: 'Wählen Sie ein neues Passwort',
      text: (service, account) =>
        `Das Passwort Ihres Kontos ${account} bei ${service} wurde von der Administration zurückgesetzt.`,
      next: 'Sie wurden überall abgemeldet. Wählen Sie ein neues Passwort, um sich wieder anzumelden.',
      action: 'Neues Passwort wählen',
    },
    registrationCode: {
      title: 'E-Mail-Adresse bestätigen',
      text: (service) => `Geben Sie diesen Code ein, um Ihr Konto bei ${service} zu erstellen.`,
      neverShare:
        'Sagen Sie ihn niemandem, wer auch immer fragt. Wenn Sie kein Konto erstellen wollten, hat vielleicht jemand Ihre Adresse eingegeben: Lassen Sie diese Nachricht unbeachtet.',
    },
    accountExists: {
      subject: (service) => `Sie haben schon ein Konto bei ${service}`,
      title: 'Sie haben schon ein Konto',
      text: (service) =>
        `Jemand wollte bei ${service} mit Ihrer Adresse ein Konto erstellen. Es gibt schon eines.`,
      next: 'Wenn Sie das waren, melden Sie sich damit an.',
      notYou: 'Wenn nicht, müssen Sie nichts tun. An Ihrem Konto hat sich nichts geändert.',
    },
    code: {
      action: 'Anmelden',
      linkText:
        'Die Schaltfläche gilt in dem Browser, in dem Sie den Code angefordert haben. Anderswo zeigt sie den Code.',
      subject: (service) => `Ihr Code für ${service}`,
      title: 'Ihr Code',
      text: (service) => `Geben Sie diesen Code dort ein, wo ${service} danach fragt.`,
      worksFor: (wait) => `Gültig für eine Verwendung, ${wait} lang.`,
      neverShare:
        'Nennen Sie ihn niemandem, egal wer fragt. Wenn Sie keinen Code angefordert haben, hat vielleicht jemand Ihre Adresse eingegeben: Ignorieren Sie diese Nachricht.',
      sms: (code, service) => `${code} ist Ihr Code für ${service}. Nennen Sie ihn niemandem.`,
    },
  },

  scopes: {
    openid: 'bestätigen, wer Sie sind',
    profile: 'Ihren Namen und Ihre Profildaten sehen',
    email: 'Ihre E-Mail-Adresse sehen',
    address: 'Ihre Postanschrift sehen',
    phone: 'Ihre Telefonnummer sehen',
    offline_access: 'diesen Zugriff behalten, während Sie abwesend sind',
  },
  claims: {
    name: 'Ihren vollständigen Namen',
    given_name: 'Ihren Vornamen',
    family_name: 'Ihren Nachnamen',
    middle_name: 'Ihren zweiten Vornamen',
    nickname: 'Ihren Spitznamen',
    preferred_username: 'Ihren Benutzernamen',
    profile: 'die Adresse Ihrer Profilseite',
    picture: 'Ihr Bild',
    website: 'Ihre Website',
    gender: 'Ihr Geschlecht',
    birthdate: 'Ihr Geburtsdatum',
    zoneinfo: 'Ihre Zeitzone',
    locale: 'Ihre Sprache',
    updated_at: 'den Zeitpunkt der letzten Profiländerung',
    email: 'Ihre E-Mail-Adresse',
    email_verified: 'ob Ihre E-Mail-Adresse bestätigt ist',
    phone_number: 'Ihre Telefonnummer',
    phone_number_verified: 'ob Ihre Telefonnummer bestätigt ist',
    address: 'Ihre Postanschrift',
  },
}
