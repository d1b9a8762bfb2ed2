// Where a paper lies between the two windows: in this browser's IndexedDB, one a decision. Nothing else reads it.

const STORE = "papers";

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("confederation-urn", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "decision" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function within(mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const kept = (decision) => within("readonly", (papers) => papers.get(decision));
export const keep = (paper) => within("readwrite", (papers) => papers.put(paper));
