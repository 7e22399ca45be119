/** Text of distinguished names (RFC 4514) and the names they mean. */
import { AsnConvert } from '@peculiar/asn1-schema'
import {
  Name as AsnName,
  AttributeTypeAndValue,
  AttributeValue,
  RelativeDistinguishedName,
} from '@peculiar/asn1-x509'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSameName, parseDistinguishedName } from '../../src/certificates/distinguished-name.ts'
import { hasRegisteredName } from '../../src/certificates/match-name.ts'
import { parseCertificate } from '../../src/certificates/parse-certificate.ts'
import { makeCertificate, Name, type SubjectNames } from '../fakes/certificates.ts'
import { aClient } from '../fakes/client.ts'

const oid = { CN: '2.5.4.3', C: '2.5.4.6', O: '2.5.4.10', OU: '2.5.4.11', DC: '0.9.2342.19200300.100.1.25' }
type Attribute = readonly [type: string, value: Partial<AttributeValue>]

/** In the order of a certificate; each a set of attributes. */
const nameOf = (...parts: readonly (readonly Attribute[])[]): Name => {
  const asn = new AsnName(
    parts.map(
      (attributes) =>
        new RelativeDistinguishedName(
          attributes.map(
            ([type, value]) => new AttributeTypeAndValue({ type, value: new AttributeValue(value) }),
          ),
        ),
    ),
  )
  return new Name(AsnConvert.serialize(asn))
}
const utf8 = (utf8String: string) => ({ utf8String })
const printable = (printableString: string) => ({ printableString })

const subjectOf = async (subject: Name) => {
  const parsed = parseCertificate((await makeCertificate({ subject })).der)
  if (!parsed) throw new Error('is a certificate')
  return parsed.subject
}

async function matches(subject: Name, text: string): Promise<boolean> {
  const name = parseDistinguishedName(text)
  return name !== undefined && isSameName(await subjectOf(subject), name)
}

const bank = nameOf([[oid.C, printable('DE')]], [[oid.O, utf8('Bank')]], [[oid.CN, utf8('pay')]])

describe('the subject of a certificate', () => {
  it.each([
    'CN=pay,O=Bank,C=DE',
    'cn=pay,o=Bank,c=DE',
    'CN=pay, O=Bank, C=DE',
    'CN = pay , O = Bank , C = DE ',
    'CN="pay",O="Bank",C=DE',
    '2.5.4.3=pay,2.5.4.10=Bank,2.5.4.6=DE',
    '2.5.4.3=#0c03706179,O=#130442616E6B,C=DE',
    String.raw`CN=\70\61\79,O=Bank,C=DE`,
  ])('is what %s says, whatever the string types', async (text) => {
    expect(await matches(bank, text)).toBe(true)
  })

  it.each([
    ['another order', 'C=DE,O=Bank,CN=pay'],
    ['less', 'CN=pay,O=Bank'],
    ['less at the other end', 'O=Bank,C=DE'],
    ['more', 'CN=pay,OU=x,O=Bank,C=DE'],
    ['the same attributes in one relative name', 'CN=pay+O=Bank,C=DE'],
    ['another case', 'CN=Pay,O=Bank,C=DE'],
    ['another type', 'OU=pay,O=Bank,C=DE'],
    ['a space inside the value', 'CN=pay,O="Bank ",C=DE'],
    ['an escaped space', String.raw`CN=pay,O=Bank\ ,C=DE`],
    ['a part of a value', 'CN=pa,O=Bank,C=DE'],
    ['a wildcard', 'CN=*,O=Bank,C=DE'],
    ['a compatible character', 'CN=ｐay,O=Bank,C=DE'],
  ])('is not what a text with %s says', async (_what, text) => {
    expect(parseDistinguishedName(text)).toBeDefined()
    expect(await matches(bank, text)).toBe(false)
  })

  it('may have several attributes in one relative name, in any order (RFC 4514 §2.2)', async () => {
    const subject = nameOf(
      [[oid.O, utf8('Bank')]],
      [
        [oid.OU, utf8('Sales')],
        [oid.CN, utf8('J. Smith')],
      ],
    )
    expect(await matches(subject, 'OU=Sales+CN=J. Smith,O=Bank')).toBe(true)
    expect(await matches(subject, 'CN=J. Smith+OU=Sales,O=Bank')).toBe(true)
    expect(await matches(subject, 'CN=J. Smith,OU=Sales,O=Bank')).toBe(false)
    expect(await matches(subject, 'CN=J. Smith+OU=Sales+OU=Sales,O=Bank')).toBe(false)
  })

  it.each([
    [String.raw`O=Sue\, Grabbit and Runn`, 'Sue, Grabbit and Runn'],
    [String.raw`O=Before\0dAfter`, 'Before\rAfter'],
    [String.raw`O=\ padded\ `, ' padded '],
    [String.raw`O=\#1 \+ \"2\" \\ \<3\> \; \=`, '#1 + "2" \\ <3> ; ='],
    [String.raw`O=Lu\C4\8Di\C4\87`, 'Lučić'],
    ['O=Lučić', 'Lučić'],
    ['O=銀行 🏦', '銀行 🏦'],
    [String.raw`O=\00`, '\0'],
    ['O=', ''],
  ])('with the escapes of %s is %j (RFC 4514 §2.4, §4)', async (text, value) => {
    expect(await matches(nameOf([[oid.O, utf8(value)]]), text)).toBe(true)
  })

  it('is read from every string type that names may have (RFC 5280 §4.1.2.4)', async () => {
    const types: readonly Partial<AttributeValue>[] = [
      ...[{ bmpString: 'Bank' }, { universalString: 'Bank' }, { teletexString: 'Bank' }],
      ...[{ ia5String: 'Bank' }, utf8('Bank'), printable('Bank')],
    ]
    for (const value of types) expect(await matches(nameOf([[oid.O, value]]), 'O=Bank')).toBe(true)
  })

  it('that ends in a NUL and more is another one: nothing is cut off', async () => {
    expect(await matches(nameOf([[oid.CN, utf8('pay\0.evil')]]), 'CN=pay')).toBe(false)
  })

  it('whose value is no text is not the text of its bytes', async () => {
    const subject = nameOf([[oid.CN, { anyValue: Uint8Array.of(2, 1, 5).buffer }]])
    expect(await matches(subject, 'CN=020105')).toBe(false)
    expect(await matches(subject, 'CN=#020105')).toBe(true)
  })

  it('is read as other software writes it', async () => {
    const subject = nameOf(
      [[oid.DC, { ia5String: 'net' }]],
      [['2.5.4.97', utf8('PSDDE-BAFIN-123')]],
      [['1.2.840.113549.1.9.1', { ia5String: 'a@b.example' }]],
    )
    expect(
      await matches(subject, 'emailAddress=a@b.example,organizationIdentifier=PSDDE-BAFIN-123,DC=net'),
    ).toBe(true)
    // Java writes a type it has no name for with its value in hexadecimal.
    const hex = Buffer.from('\x0c\x0fPSDDE-BAFIN-123').toString('hex')
    expect(await matches(subject, `E=a@b.example,2.5.4.97=#${hex},DC=net`)).toBe(true)
  })
})

describe('text that is no distinguished name', () => {
  it.each([
    '',
    'pay',
    'CN',
    '=pay',
    'CN=pay,',
    ',CN=pay',
    'CN=pay,,O=Bank',
    'CN=a;O=b',
    'CN=a<b',
    String.raw`CN=a\z`,
    'CN=a\\',
    'CN="a',
    'CN="a"b',
    'CN=#0c0',
    'CN=#',
    'nickname=a',
    '1..2=a',
    '/C=DE/O=Bank/CN=pay',
    String.raw`CN=\C4`,
  ])('is refused: %j', (text) => {
    expect(parseDistinguishedName(text)).toBeUndefined()
  })

  it('never breaks the reader, and takes no longer the longer it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => void parseDistinguishedName(text)))
    for (const piece of ['\\', ' ', 'CN=', '"', ',', '+', '#', '\\ ']) {
      parseDistinguishedName(`CN=${piece.repeat(20_000)}`)
      parseDistinguishedName(piece.repeat(20_000))
    }
  })

  it('has exactly one meaning: what a value is escaped as is read as the value', () => {
    const escaped = (value: string) =>
      [...new TextEncoder().encode(value)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        expect(parseDistinguishedName(`CN=${escaped(value)}`)).toEqual([
          [{ type: oid.CN, value: { text: value } }],
        ])
      }),
    )
  })
})

describe('the registered name of a client (RFC 8705 §2.1.2)', () => {
  const names: SubjectNames = [
    { type: 'dns', value: 'Pay.Example.com' },
    { type: 'dns', value: '*.example.com' },
    { type: 'url', value: 'https://example.com/Pay' },
    { type: 'ip', value: '192.0.2.7' },
    { type: 'ip', value: '2001:db8::7' },
    { type: 'email', value: 'Pay@Example.com' },
  ]

  it.each([
    [{ tls_client_auth_san_dns: 'pay.example.com' }, true],
    [{ tls_client_auth_san_dns: 'other.example.com' }, false],
    [{ tls_client_auth_san_dns: 'y.example.com' }, false],
    [{ tls_client_auth_san_uri: 'https://example.com/Pay' }, true],
    [{ tls_client_auth_san_uri: 'https://example.com/pay' }, false],
    [{ tls_client_auth_san_uri: 'https://example.com/Pay/' }, false],
    [{ tls_client_auth_san_ip: '192.0.2.7' }, true],
    [{ tls_client_auth_san_ip: '2001:0DB8:0:0::7' }, true],
    [{ tls_client_auth_san_ip: '2001:db8::8' }, false],
    [{ tls_client_auth_san_ip: 'not an address' }, false],
    [{ tls_client_auth_san_email: 'Pay@example.COM' }, true],
    [{ tls_client_auth_san_email: 'pay@example.com' }, false],
    // Another kind of name is another name.
    [{ tls_client_auth_san_uri: 'pay.example.com' }, false],
    [{ tls_client_auth_san_dns: '192.0.2.7' }, false],
    [{ tls_client_auth_subject_dn: 'CN=app' }, true],
    [{ tls_client_auth_subject_dn: 'CN=pay.example.com' }, false],
    [{}, false],
    [{ tls_client_auth_subject_dn: 'CN=app', tls_client_auth_san_dns: 'pay.example.com' }, false],
  ])('%j fits: %s', async (members, expected) => {
    const parsed = parseCertificate((await makeCertificate({ names })).der)
    if (!parsed) throw new Error('is a certificate')
    expect(hasRegisteredName(parsed, aClient(members))).toBe(expected)
  })
})
