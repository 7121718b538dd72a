// Forms that wait on the device until the house has them, with their photographs: IndexedDB, for texts alone would not do.
// A form belongs to the person who wrote it; nobody else's are shown or sent.

const NAME = "kho-waiting", STORE = "forms";
const PERSON = document.querySelector('meta[name="person"]');
export const owner = PERSON ? PERSON.content : "";

function opened() {
  return new Promise((resolve, reject) => {
    const asked = window.indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function within(mode, act) {
  const base = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const turn = base.transaction(STORE, mode);
      const asked = act(turn.objectStore(STORE));
      turn.oncomplete = () => resolve(asked.result);
      turn.onerror = turn.onabort = () => reject(turn.error);
    });
  } finally {
    base.close();
  }
}

// `fields` are [name, text or file]; the token of the session is not among them: it would be another one by then.
export const keep = (form) => within("readwrite", (store) => store.put({ ...form, owner }));
export const drop = (key) => within("readwrite", (store) => store.delete(key));
export async function waiting(group) {
  const all = await within("readonly", (store) => store.getAll());
  return all.filter((one) => one.owner === owner && one.group === group).sort((a, b) => a.at - b.at);
}
