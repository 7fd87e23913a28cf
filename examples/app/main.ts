// npm start -- USER QUESTION
import { ask } from "./ask";
import { DailyLimit } from "./dailyLimit";
import { openRouter } from "./openrouter";
import { readSettings } from "./settings";

async function main([user, ...words]: string[]): Promise<void> {
  if (user === undefined || words.length === 0) throw new Error("usage: npm start -- USER QUESTION");
  const settings = readSettings(process.env);
  const api = openRouter(settings, { title: "Shop assistant", url: "https://shop.example" });
  const daily = new DailyLimit({ perDayUsd: 4, perUserAndDayUsd: 0.25 });
  const [catalog, spentToday] = await Promise.all([api.catalog(), api.spentToday()]);
  daily.start(spentToday);
  const app = {
    ...{ api, catalog, daily, models: settings.models },
    limits: { perRequestUsd: 0.01, maxTokens: 500 },
    note: (record: object) => console.error(JSON.stringify(record)),
  };
  const { text, noted } = await ask(app, user, [{ role: "user", content: words.join(" ") }]);
  console.log(text);
  await noted;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
