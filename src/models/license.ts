/** The license of a model: shown with its link, and accepted once before the first download. */
import { t } from "@vscode/l10n";
import { env, type Memento, Uri, window } from "vscode";
import type { ModelOffer } from "../../server/protocol.ts";

/** The key in the global state: URLs of the licenses that the user has accepted. */
const ACCEPTED = "licenses.accepted";

/** @returns whether the user accepts the license, now or earlier. */
export async function acceptLicense(offer: ModelOffer, memento: Memento): Promise<boolean> {
  const { name, license } = offer;
  const accepted = memento.get<string[]>(ACCEPTED, []);
  if (accepted.includes(license.url)) return true;
  const [accept, read] = [t("Accept and Download"), t("Read License")];
  for (;;) {
    const detail = t(
      "The model is by NVIDIA, or is based on a model by NVIDIA. It is free to use under these terms: {0}",
      license.url,
    );
    const question = t("{0} is licensed under the {1}.", name, license.name);
    const choice = await window.showInformationMessage(question, { modal: true, detail }, accept, read);
    if (choice === read) await env.openExternal(Uri.parse(license.url));
    if (choice === accept) await memento.update(ACCEPTED, [...accepted, license.url]);
    if (choice !== read) return choice === accept;
  }
}
