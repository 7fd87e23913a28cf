/** The text format of Prometheus, version 0.0.4. Pure. */

export const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export interface Sample {
  value: number;
  labels?: Readonly<Record<string, string>>;
}

export interface Family {
  name: string;
  help: string;
  type: "gauge";
  samples: readonly Sample[];
}

/** Lines without the last line break. Families without samples are left out. */
export function exposition(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, help, type, samples }) => [
      `# HELP ${name} ${escaped(help)}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(({ value, labels }) => `${name}${labelText(labels)} ${value}`),
    ])
    .join("\n");
}

function labelText(labels: Sample["labels"] = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`);
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
