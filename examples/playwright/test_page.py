"""A page that calls a vendor's API, tried in a browser against the double (`pip install pytest-playwright`)."""

PAGE = """
<button onclick="load()">Load</button> <output></output>
<script>
  async function load() {
    const answer = await fetch(BASE + "/inventory_device_serial/ABC123456789/",
      {headers: {Authorization: "Bearer zequenze-token"}});
    const shown = answer.ok ? (await answer.json()).serial_number : "failed " + answer.status;
    document.querySelector("output").textContent = shown;
  }
</script>
"""


def test_the_page_shows_the_device(page, devicedouble_world) -> None:
    page.set_content(PAGE.replace("BASE", repr(devicedouble_world.url("zequenze"))))
    page.get_by_role("button").click()
    page.locator("output", has_text="ABC123456789").wait_for()


def test_the_page_says_when_the_server_fails(page, devicedouble_world) -> None:
    devicedouble_world.fault(api="zequenze", status=500)
    page.set_content(PAGE.replace("BASE", repr(devicedouble_world.url("zequenze"))))
    page.get_by_role("button").click()
    page.locator("output", has_text="failed 500").wait_for()
