// Lets a security key answer on the page. The forms name the allauth function that does it and carry
// what the server asks the key; nothing here is inline, as the content security policy wants.

(function () {
  const forms = window.allauth.webauthn.forms;

  document.querySelectorAll("form[data-security-key]").forEach(function (form) {
    const start = forms[form.dataset.securityKey];
    start({
      ids: { add: "use_security_key", authenticate: "use_security_key", credential: "id_credential" },
      data: JSON.parse(form.dataset.options),
    });
  });

  document.addEventListener("allauth.error", function (event) {
    event.preventDefault();
    document.querySelectorAll("[data-security-key-error]").forEach(function (message) {
      message.hidden = false;
      message.setAttribute("role", "alert");
    });
  });
})();
