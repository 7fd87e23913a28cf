/** Reads the credits of an account. The data of `balance`. */
import { readCredits } from "../../provider/api/credits";
import type { Account } from "../shared/account";
import { rounded } from "../shared/money";

/** USD. Fields keep their names; new ones may be added. */
export interface BalanceData {
  bought: number;
  used: number;
  left: number;
}

export async function readBalance(account: Account): Promise<BalanceData> {
  const { totalCredits: bought, totalUsage: used } = await readCredits(account.start("read", "the credits"));
  return { bought: rounded(bought), used: rounded(used), left: rounded(bought - used) };
}
