/** What is under test: a client of the Get Smart Token API. */
export class Wallet {
  readonly #base: string;
  readonly #key: string;

  constructor(base: string, key: string) {
    this.#base = base;
    this.#key = key;
  }

  async open(email: string): Promise<string> {
    const { id } = await this.#call("POST", "/users", { email, display_name: email.split("@")[0] });
    return id as string;
  }

  async reward(userId: string, amount: string): Promise<void> {
    await this.#call("POST", "/tokens/mint", { user_id: userId, amount });
  }

  async balance(userId: string): Promise<string> {
    const { balance } = await this.#call("GET", `/users/${userId}/balance`);
    return balance as string;
  }

  async #call(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const answer = await fetch(this.#base + path, {
      method,
      headers: { Authorization: `Bearer ${this.#key}`, "Content-Type": "application/json" },
      body: body ? JSON.stringify(body) : null,
    });
    const { data, error } = (await answer.json()) as { data: Record<string, unknown>; error?: { code: string } };
    if (error) throw new Error(error.code);
    return data;
  }
}
