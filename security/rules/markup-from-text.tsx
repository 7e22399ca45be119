// ruleid: markup-from-text
const name = <b dangerouslySetInnerHTML={{ __html: client.client_name }} />

// ruleid: markup-from-text
const shown = raw(user.name)

// ok: markup-from-text
const safe = <b>{client.client_name}</b>
