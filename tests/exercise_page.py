"""A page with an exercise, driven as a learner does: fields, buttons, what is said and what is shown."""

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait


def find(page, css):
    return page.find_element(By.CSS_SELECTOR, css)


def button(page, text, within=".exercise"):
    buttons = find(page, within).find_elements(By.TAG_NAME, "button")
    return next(each for each in buttons if each.text.endswith(text))


def cell(page, address):
    return page.execute_script("return document.querySelector(`td[data-at='${arguments[0]}']`)", address)


def shown(page, address):
    return cell(page, address).get_attribute("textContent")


def line(page, address):
    return find(page, f'[data-blank="{address}"]').find_element(By.XPATH, "..")


def press(page, address, text):
    next(each for each in line(page, address).find_elements(By.TAG_NAME, "button") if each.text == text).click()


def said(page, address):
    return line(page, address).find_element(By.CSS_SELECTOR, ".message").text


def clue(page, address):
    return line(page, address).find_element(By.CSS_SELECTOR, ".note").text


def typed(page, address, text):
    """Type a formula into the field of a blank, and return what is said of it."""
    field = find(page, f'[data-blank="{address}"]')
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(text, Keys.ENTER)
    return said(page, address)


def outcome(page):
    return find(page, ".outcome").text


def address(page):
    WebDriverWait(page, 10, poll_frequency=0.02).until(
        lambda page: page.execute_script("return lesson.hash() === location.hash")
    )
    return page.execute_script("return location.hash")


def lit(page):
    return {each.get_attribute("data-at") for each in page.find_elements(By.CSS_SELECTOR, "td.read, td.reader")}
