// ruleid: object-keyed-by-input
const handler = handlers[form.get('grant_type')]

// ruleid: object-keyed-by-input
Object.assign(settings, JSON.parse(text))

// ok: object-keyed-by-input
const method = methods.find(({ name }) => name === form.get('method'))
