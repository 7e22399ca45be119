/**
 * The most frequent values in public leaks, and this product's name. Short words are included because the policy
 * also strips trailing digits and repetition: "Password2026!" and "welcomewelcome" reduce to them. Sequences and
 * keyboard rows are detected by rule, not listed.
 */
const words = `
password passwort motdepasse contrasena contraseña passw0rd pass passphrase mypassword newpassword yourpassword
changeme changeit changemenow letmein letmeinnow welcome welcometo welcomeback default secret topsecret mysecret
admin administrator adminadmin root rootroot superuser superadmin sysadmin webmaster support helpdesk operator
guest user username usuario benutzer test testing testtest tester testuser demo demouser example sample temp
temporary authly authlyadmin authlypassword authlyauthly login signin logmein access master masterkey master123
qwerty qwertyuiop qwertz azerty qwertyqwerty asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc qweasdzxc
iloveyou iloveu ilovegod ilovemyself loveyou lovely love sunshine princess monkey dragon football baseball
basketball soccer hockey superman batman spiderman starwars pokemon pikachu naruto minecraft fortnite roblox
michael jordan jennifer jessica ashley michelle daniel charlie andrew anthony thomas joshua matthew robert
summer winter spring autumn january february march april june july august september october november december
monday tuesday wednesday thursday friday saturday sunday shadow mustang ferrari porsche mercedes corvette harley
trustno1 trustnoone whatever computer internet samsung google facebook microsoft windows apple iphone android
cheese chocolate banana cookie flower butterfly purple orange yellow silver golden diamond freedom liberty
killer hunter ranger buster tigger ginger pepper maggie cooper jasmine nicole chelsea liverpool arsenal barcelona
company companyname business office work working server database oracle postgres postgresql cisco juniper
hello hellohello helloworld hallo hola bonjour salut goodbye nothing something anything everything
correcthorsebatterystaple correcthorse tobeornottobe thisismypassword thisisapassword ihatepasswords
ihatethispassword opensesame abracadabra blink182 aaaaaa p455w0rd pa55word p4ssword pa55w0rd zaq12wsx 1qaz2wsx
1q2w3e4r 1q2w3e4r5t q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 abc123 a1b2c3 a1b2c3d4 a1b2c3d4e5 a1b2c3d4e5f6 123abc
abcd1234 1234abcd qwer1234 1234qwer asdf1234 pass1234 123qwe 123qweasd 123qweasdzxc qwe123 q123456 a123456
123123 321321 112233 11223344 1122334455 112233445566 123321 1234554321 123454321 102030 10203040 1020304050
147258369 159753 159357 741852963 789456123 987654321 456789123 13579 1357924680 2468013579 31415926535 314159265358
`

export const commonPasswords: ReadonlySet<string> = new Set(words.trim().split(/\s+/))
