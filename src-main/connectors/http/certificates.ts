import { readFileSync } from "node:fs";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";

/** An extra CA file that cannot be used. Thrown at the start: a setting to correct, not a failure of the network. */
export class CaFileError extends Error {
  override readonly name = "CaFileError";
}

const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

function readCaFile(path: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new CaFileError(`The CA file ${path} cannot be read.`, { cause });
  }
  const found = text.match(certificate);
  if (found === null) throw new CaFileError(`The CA file ${path} holds no certificate in PEM form.`);
  return found;
}

function listSystemCertificates(): readonly string[] {
  try {
    return getCACertificates("system");
  } catch {
    // Hosts whose TLS library has no access to the system's store still trust the bundled list and the extra files.
    return [];
  }
}

/** Whom we trust: the system's store (offices with a TLS-inspecting proxy), Node's own list, and extra PEM files. */
export function listTrustedCertificates(extraFiles: readonly string[]): readonly string[] {
  return [
    ...new Set([...listSystemCertificates(), ...getCACertificates("default"), ...extraFiles.flatMap(readCaFile)]),
  ];
}

/** Made once and shared by all connections: parsing hundreds of certificates for each connection costs milliseconds. */
export function createTrust(extraFiles: readonly string[]): SecureContext {
  return createSecureContext({ ca: [...listTrustedCertificates(extraFiles)] });
}
