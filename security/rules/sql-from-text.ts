// ruleid: sql-from-text
const order = sql.raw(request.query.order)

// ruleid: sql-from-text
const column = sql.raw(`users.${name}`)

// ruleid: sql-from-text
storage.sql.exec(`DELETE FROM grants WHERE id = '${id}'`)

// ruleid: sql-from-text
client.query('select * from users where id = ' + id)

// ok: sql-from-text
storage.sql.exec('DELETE FROM grants WHERE id = ?', id)

// ok: sql-from-text
const all = sql.raw('count(*)')

// ok: sql-from-text
const one = sql`select * from users where id = ${id}`

// ok: sql-from-text
const match = /^a+$/.exec(text)
