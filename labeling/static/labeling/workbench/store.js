// IndexedDB as promises: two stores in one database per person.

/** @typedef {IDBDatabase} Database */

export function databaseName(uid) {
  return `groundwork-${uid}`;
}

/** @returns {Promise<IDBDatabase>} */
export function openDatabase(uid) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName(uid), 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("outbox", { keyPath: "id" });
      request.result.createObjectStore("drafts", { keyPath: "assignment" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Run one request in its own transaction; resolves when it is on disk. */
export function write(database, store, run) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, "readwrite");
    run(transaction.objectStore(store));
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

export function read(database, store, run) {
  return new Promise((resolve, reject) => {
    const request = run(database.transaction(store, "readonly").objectStore(store));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** How many answers of this person wait on this device. */
export async function unsent(uid) {
  const database = await openDatabase(uid);
  const count = await read(database, "outbox", (store) => store.count());
  database.close();
  return count;
}
