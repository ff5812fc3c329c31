/** Decides by name which files are read or changed only with the user's consent. The model never decides this. */
import ignore from "ignore";
import type { Protection } from "./workspace.ts";

/** Files that can hold secrets, in the syntax of .gitignore. */
const SECRETS = ignore().add(`
.env
.env.*
.envrc
!.env.example
!.env.sample
!.env.template
*.pem
*.key
*.p12
*.pfx
*.jks
*.ppk
*.keystore
*.kdbx
*.tfvars
*.tfstate
*.tfstate.*
id_rsa*
id_dsa*
id_ecdsa*
id_ed25519*
!*.pub
.npmrc
.yarnrc.yml
.pypirc
.netrc
_netrc
.git-credentials
.htpasswd
.pgpass
credentials
credentials.json
credentials.y*ml
secrets.*
service-account*.json
.aws/
.ssh/
.gnupg/
.azure/
.kube/
.docker/
kubeconfig
`);

/** Configuration files: programs run commands that these contain, sometimes without asking. */
const CONFIGURATION = ignore().add(`
.vscode/
.idea/
.husky/
.github/
.gitlab-ci.yml
.circleci/
.pre-commit-config.yaml
.devcontainer/
.cargo/
.claude/
.cursor/
.mcp.json
.gitattributes
.gitmodules
*.code-workspace
`);

/** The data of version control is never read or changed: its hooks are programs. */
const FORBIDDEN = ignore().add(".git\n.hg\n.svn\n");

/** @param path relative to its workspace folder, with forward slashes. */
function holds(rules: ReturnType<typeof ignore>, path: string): boolean {
  // Windows ignores dots and spaces at the end of a name, and a stream after a colon: `.git.` and `.env::$DATA`.
  const plain = path
    .split("/")
    .map((name) => name.replace(/(?<=.)(?::.*|[. ]+)$/, ""))
    .join("/");
  return [path, plain].some((name) => ignore.isPathValid(name) && rules.ignores(name));
}

/** @param path relative to its workspace folder, with forward slashes. */
export const isForbidden = (path: string): boolean => holds(FORBIDDEN, path);

/** The protection that a file has by its name. Ignored files are protected too (ignoring.ts). */
export function protectionByName(path: string): Protection | undefined {
  if (holds(SECRETS, path)) return "secret";
  return holds(CONFIGURATION, path) ? "configuration" : undefined;
}
