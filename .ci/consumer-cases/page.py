"""The page of `wecom-health summary` in a browser: PAGE.html of each language, and the folder for screenshots."""

import base64
import json
import sys
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.print_page_options import PrintOptions
from selenium.webdriver.support.select import Select

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def start():
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


def column(browser, number):
    """The texts of a column's cells that are shown, in their order."""
    return browser.execute_script(
        "return [...document.querySelectorAll('tbody tr')].filter(row => !row.hidden)"
        ".map(row => row.cells[arguments[0]].textContent)", number)


def click(browser, number):
    browser.find_elements(By.CSS_SELECTOR, "thead button")[number].click()


def sorting(browser):
    temperature = 4
    click(browser, temperature)
    rising = column(browser, temperature)
    assert rising[-2:] == ["", ""], rising
    assert rising[:3] == ["９.１", "36.45", "36.5"], rising
    click(browser, temperature)
    falling = column(browser, temperature)
    assert falling[:-2] == rising[:-2][::-1] and falling[-2:] == ["", ""], falling
    heading = browser.find_elements(By.CSS_SELECTOR, "thead th")[temperature]
    assert heading.get_attribute("aria-sort") == "descending"
    click(browser, 1)
    userids = [text.split("(")[0].split("（")[0].strip() for text in column(browser, 1)]
    assert userids == [f"s{number}" for number in range(2, 11)], userids
    assert len(browser.find_elements(By.CSS_SELECTOR, "[aria-sort]")) == 1, "the other column says no longer that it is sorted"
    click(browser, 3)
    assert column(browser, 3) == sorted(column(browser, 3)), "times"


def search(browser, said):
    box = browser.find_element(By.CSS_SELECTOR, "input[type=search]")
    box.send_keys("9.1")
    assert column(browser, 0) == ["钱子涵"], "full-width digits are found by others"
    assert browser.find_element(By.CSS_SELECTOR, "output").text == said
    box.clear()
    box.send_keys("二班  S9")
    assert column(browser, 0) == ["王安"], "all words count, in any case"
    box.clear()
    box.send_keys("班2020")
    assert column(browser, 0) == [], "a word is in one cell"
    box.clear()
    box.send_keys("nobody")
    assert column(browser, 0) == []
    box.clear()
    box.send_keys(" ")
    assert len(column(browser, 0)) == 9


def filters(browser):
    at_school, symptoms, card = (Select(element) for element in browser.find_elements(By.CSS_SELECTOR, "select"))
    at_school.select_by_value("12")
    assert len(column(browser, 0)) == 1
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert browser.find_element(By.CSS_SELECTOR, "output").is_displayed(), "what is printed says that it is filtered"
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    at_school.select_by_value("2")
    assert set(column(browser, 5)) == {"在家"} and len(column(browser, 5)) == 3
    symptoms.select_by_visible_text("发热")
    assert column(browser, 0) == [], "both filters count"
    at_school.select_by_index(0)
    assert len(column(browser, 0)) == 2 and all("发热" in text for text in column(browser, 6))
    symptoms.select_by_value("none")
    assert set(column(browser, 6)) == {""} and len(column(browser, 0)) == 5
    symptoms.select_by_index(0)
    card.select_by_value("card2")
    assert column(browser, 0) == ["钱子涵"], "codes are options, too"
    card.select_by_index(0)
    assert len(column(browser, 0)) == 9


def from_the_charts(browser):
    """An option in a chart shows who chose it, whatever was searched for."""
    browser.find_element(By.CSS_SELECTOR, "input[type=search]").send_keys("nobody")
    browser.execute_script("document.querySelector('.answers').open = false")
    option = next(button for button in browser.find_elements(By.CSS_SELECTOR, "article button") if button.text == "发热")
    option.click()
    assert browser.find_element(By.TAG_NAME, "table").is_displayed(), "the table is opened"
    assert len(column(browser, 0)) == 2 and all("发热" in text for text in column(browser, 6))
    chosen = [Select(element).first_selected_option.text for element in browser.find_elements(By.CSS_SELECTOR, "select")]
    assert chosen[1] == "发热" and browser.find_element(By.CSS_SELECTOR, "input").get_attribute("value") == ""
    Select(browser.find_elements(By.CSS_SELECTOR, "select")[1]).select_by_index(0)


def foreign_text(browser):
    """What people wrote stands as text, and nothing of it runs."""
    texts = column(browser, 4)
    for text in ["<script>window.broken = true</script>", "<img src=x onerror='window.broken = true'>",
                 "</td></table><style>body { display: none }</style>"]:
        assert text in texts, texts
    assert browser.execute_script("return window.broken === undefined")
    assert browser.find_elements(By.CSS_SELECTOR, "main :is(i, img, script, style)") == []
    assert browser.find_element(By.TAG_NAME, "h1").is_displayed()


def policy(browser):
    """The policy is in force: a script and a style that are not the page's do nothing."""
    browser.execute_script(
        "const script = document.createElement('script'); script.textContent = 'window.injected = true'; document.body.append(script);"
        "const style = document.createElement('style'); style.textContent = 'h1 { display: none }'; document.head.append(style);")
    assert browser.execute_script("return window.injected === undefined")
    assert browser.find_element(By.TAG_NAME, "h1").is_displayed()
    refused = [entry["message"] for entry in browser.get_log("browser")]
    assert len(refused) == 2 and all("Content Security Policy" in message for message in refused), refused


def requests(browser):
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return {message["params"]["request"]["url"] for message in messages if message["method"] == "Network.requestWillBeSent"}


def colour(browser, scheme):
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    return browser.execute_script("return getComputedStyle(document.body).backgroundColor")


def looks(browser, language, folder):
    """Screenshots light, dark, on a phone and printed; each is another page to look at."""
    backgrounds = set()
    for scheme in ["light", "dark"]:
        backgrounds.add(colour(browser, scheme))
        for name, width in [("desk", 1200), ("phone", 390)]:
            metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": name == "phone"}
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            assert browser.execute_script("return document.documentElement.scrollWidth") <= width, "only the table scrolls sideways"
            picture = browser.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
            (folder / f"{language}-{scheme}-{name}.png").write_bytes(base64.b64decode(picture["data"]))
    assert len(backgrounds) == 2, backgrounds
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    (folder / f"{language}-print.pdf").write_bytes(base64.b64decode(browser.print_page(PrintOptions())))


def main():
    folder = Path(sys.argv[1])
    for language, said in [("en", "1 of 9 shown"), ("zh", "显示 1 / 9 份")]:
        page = (folder / f"{language}.html").resolve().as_uri()
        browser = start()
        try:
            browser.get(page)
            foreign_text(browser)
            sorting(browser)
            search(browser, said)
            filters(browser)
            from_the_charts(browser)
            looks(browser, language, folder)
            console = browser.get_log("browser")
            assert console == [], console
            assert requests(browser) == {page}, "nothing but the page is requested"
            policy(browser)
        finally:
            browser.quit()
        print(f"the page in {language}: sorts, searches, filters, loads nothing")


main()
