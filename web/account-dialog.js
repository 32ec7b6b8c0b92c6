// The dialog for accounts, which several pages have: to sign in and up, for a new password, and about the own account.
// It is put into the page when this is imported. account.js fills it.

const DIALOG = `
<dialog class="account" id="account" aria-labelledby="account-title">
    <div class="account-sheet">
        <div class="account-head">
            <h2 id="account-title" tabindex="-1">Sign in</h2>
            <button type="button" class="account-close" id="account-close" aria-label="Close">×</button>
        </div>
        <p class="account-said" id="account-said" role="status"></p>

        <form data-kind="login" novalidate hidden>
            <div class="field">
                <label for="login-username">Name or e-mail</label>
                <input id="login-username" name="username" autocomplete="username" autocapitalize="none"
                    spellcheck="false" maxlength="254" required aria-describedby="login-username-problem">
                <p class="problem" id="login-username-problem"></p>
            </div>
            <div class="field">
                <label for="login-password">Password</label>
                <input id="login-password" name="password" type="password" autocomplete="current-password"
                    maxlength="1024" required aria-describedby="login-password-problem">
                <button type="button" class="show" data-shows="login-password" aria-pressed="false"
                    aria-label="Show password">Show</button>
                <p class="problem" id="login-password-problem"></p>
            </div>
            <button type="submit" class="send">Sign in</button>
            <p class="ways">
                <button type="button" class="way" data-to="signup">Create an account</button>
                <button type="button" class="way" data-to="forgot">Forgot your password?</button>
            </p>
        </form>

        <form data-kind="signup" novalidate hidden>
            <div class="field">
                <label for="signup-username">Name to sign in with</label>
                <input id="signup-username" name="username" autocomplete="username" autocapitalize="none"
                    spellcheck="false" maxlength="64" required
                    aria-describedby="signup-username-hint signup-username-problem">
                <p class="hint" id="signup-username-hint">3 to 32 letters, digits, dots, dashes or underscores.</p>
                <p class="problem" id="signup-username-problem"></p>
            </div>
            <div class="field">
                <label for="signup-password">Password</label>
                <input id="signup-password" name="password" type="password" autocomplete="new-password"
                    maxlength="1024" required aria-describedby="signup-password-hint signup-password-problem">
                <button type="button" class="show" data-shows="signup-password" aria-pressed="false"
                    aria-label="Show password">Show</button>
                <p class="hint" id="signup-password-hint">At least 10 characters.</p>
                <p class="problem" id="signup-password-problem"></p>
            </div>
            <div class="field">
                <label for="signup-name">Name that others see <span class="optional">(optional)</span></label>
                <input id="signup-name" name="name" autocomplete="nickname" maxlength="128"
                    aria-describedby="signup-name-problem">
                <p class="problem" id="signup-name-problem"></p>
            </div>
            <div class="field">
                <label for="signup-email">E-mail <span class="optional">(optional)</span></label>
                <input id="signup-email" name="email" type="email" autocomplete="email" maxlength="254"
                    aria-describedby="signup-email-hint signup-email-problem">
                <p class="hint" id="signup-email-hint">For a new password, if you forget yours.</p>
                <p class="problem" id="signup-email-problem"></p>
            </div>
            <button type="submit" class="send">Create account</button>
            <p class="ways"><button type="button" class="way" data-to="login">I have an account</button></p>
        </form>

        <form data-kind="forgot" novalidate hidden>
            <div class="field">
                <label for="forgot-email">The e-mail address of your account</label>
                <input id="forgot-email" name="email" type="email" autocomplete="email" maxlength="254" required
                    aria-describedby="forgot-email-problem">
                <p class="problem" id="forgot-email-problem"></p>
            </div>
            <button type="submit" class="send">Send a link</button>
            <p class="ways"><button type="button" class="way" data-to="login">Back</button></p>
        </form>

        <form data-kind="reset" novalidate hidden>
            <div class="field">
                <label for="reset-password">New password</label>
                <input id="reset-password" name="password" type="password" autocomplete="new-password"
                    maxlength="1024" required aria-describedby="reset-password-hint reset-password-problem">
                <button type="button" class="show" data-shows="reset-password" aria-pressed="false"
                    aria-label="Show password">Show</button>
                <p class="hint" id="reset-password-hint">At least 10 characters.</p>
                <p class="problem" id="reset-password-problem"></p>
            </div>
            <button type="submit" class="send">Change password</button>
        </form>

        <div id="account-me" hidden>
            <p class="account-name" id="account-name" dir="auto"></p>
            <p class="account-where" id="account-where" dir="auto"></p>
            <dl>
                <div><dt>Rank</dt><dd id="account-rank">–</dd></div>
                <div><dt>Score</dt><dd id="account-score">–</dd></div>
                <div><dt>Signs in as</dt><dd id="account-username">–</dd></div>
                <div><dt>E-mail</dt><dd id="account-email">–</dd></div>
            </dl>
            <p class="account-play"><a href="/play">Tasks, challenges and badges</a></p>
            <p class="leave">
                <button type="button" id="log-out">Sign out</button>
                <button type="button" id="log-out-everywhere">Sign out everywhere</button>
            </p>
        </div>

        <div id="account-note" hidden></div>
    </div>
</dialog>
`;

document.body.insertAdjacentHTML("beforeend", DIALOG);
